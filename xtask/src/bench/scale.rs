//! Many routes: the memory they take, and how long a start with them takes after SIGKILL, against reading the same
//! rows from the engine and building nothing.

use super::bed::{Bed, number};
use super::figures::{Figures, Wanted};
use super::server::Server;

pub fn run(bed: &Bed) -> anyhow::Result<Figures> {
    let routes = bed.arguments.routes.to_string();
    let data = bed.directory("scale")?;
    let store = data.join("store").to_string_lossy().into_owned();
    let seeded = bed.measure(None, &["seed", &store, "--routes", &routes])?;
    let routes = number(&seeded, "/routes")?;
    println!("{seeded}");
    let mut figures = Figures::default();
    // Some work, and an end in the midst of it: what a restart has to cope with.
    interrupt(bed, Server::causeway(bed, &data, None)?)?;
    for _ in 0..bed.arguments.rounds {
        let scanned = bed.measure(None, &["scan", &store])?;
        let read = number(&scanned, "/open_seconds")? + number(&scanned, "/read_seconds")?;
        let server = Server::causeway(bed, &data, None)?;
        let start = server.first_answer.as_secs_f64();
        let resident = server.resident_bytes()?;
        interrupt(bed, server)?;
        figures.note("from start to ready", "s", start);
        figures.note("opening and reading the same rows", "s", read);
        figures.note("loaded", "routes/s", routes / start);
        figures.note("rows read by the engine", "rows/s", number(&scanned, "/rows")? / read);
        figures.note("resident memory", "MiB", resident / (1024.0 * 1024.0));
        figures.note(BYTES, "bytes", resident / routes);
        figures.note(BYTES_WANTED, "bytes", 150.0);
    }
    let (read, start) = ("opening and reading the same rows", "from start to ready");
    figures.ratio("speed of a start, of reading the same rows", read, start, Wanted::AtLeast(0.5));
    figures.ratio("memory of a route, to 150 bytes", BYTES, BYTES_WANTED, Wanted::AtMost(1.0));
    Ok(figures)
}

const BYTES: &str = "resident memory for a route, everything included";
const BYTES_WANTED: &str = "the same, wanted at most";

/// Makes some changes, and ends the server with SIGKILL.
fn interrupt(bed: &Bed, server: Server) -> anyhow::Result<()> {
    let to = server.address.to_string();
    bed.measure(None, &["drive", "create", "--to", &to, "--clients", "8", "--requests", "1000"])?;
    server.kill()
}
