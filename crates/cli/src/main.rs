//! The `causeway` command.

mod api;
mod arguments;
mod audit;
mod certificate;
mod client;
mod data;
mod env;
mod exposure;
mod greeting;
mod impact;
mod link;
mod lint;
mod listing;
mod log;
mod open;
mod ram;
mod seal;
mod serve;
mod settings;
mod table;
mod target;
mod trace;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use api::{Call, Outcome};
use arguments::{
    ApiArguments, Command, EnvArguments, ExplainArguments, FailoversArguments, KeyCommand,
    LinkArguments, LintArguments, RamCommand, TraceArguments,
};
use settings::{Layer, Settings, SettingsError, Sources};
use target::Target;

/// Requests make many short texts; see the record on speed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(arguments::parse()) {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("causeway: {fault:#}");
            // 2: the command line, a variable or the configuration file is wrong; 1: anything else.
            let usage = fault.downcast_ref::<SettingsError>().is_some();
            ExitCode::from(if usage { 2 } else { 1 })
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(arguments) => {
            let (flags, config) = arguments.into_layer();
            serve::serve(&resolve(flags, config.as_deref())?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Env(arguments) => print_env(arguments),
        Command::Api(arguments) => call_api(arguments),
        Command::Trace(arguments) => trace_path(&arguments),
        Command::Link(arguments) => set_link(arguments),
        Command::Failovers(arguments) => list_failovers(arguments),
        Command::Impact(arguments) => tell_impact(arguments),
        Command::Lint(arguments) => find_faults(&arguments),
        Command::Ram(arguments) => {
            let RamCommand::Explain(arguments) = arguments.command;
            explain(*arguments)
        }
        Command::Key(arguments) => {
            let KeyCommand::Rotate = arguments.command;
            let (flags, config) = arguments.server.into_layer();
            print(&seal::rotate(&resolve(flags, config.as_deref())?)?)
        }
        Command::Audit(arguments) => {
            let (flags, config) = arguments.server.into_layer();
            let target = Target::find(&resolve(flags, config.as_deref())?, None)?;
            let refused = audit::run(&arguments.command, &target, &mut io::stdout().lock())?;
            refused.map_or(Ok(ExitCode::SUCCESS), |outcome| show(&outcome))
        }
        Command::Completions { shell } => {
            let mut command = arguments::with_actions();
            // Into memory first: the generator panics when its reader has gone.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, "causeway", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    }
}

fn resolve(flags: Layer, config: Option<&Path>) -> Result<Settings, SettingsError> {
    // Names and values that are not Unicode are nobody's setting here.
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let variables: BTreeMap<String, String> = std::env::vars_os().filter_map(text).collect();
    for warning in settings::unknown_variables(&variables) {
        eprintln!("{warning}");
    }
    Sources::gather(flags, config, &variables)?.resolve()
}

fn print_env(arguments: EnvArguments) -> anyhow::Result<ExitCode> {
    let EnvArguments { format, region, server } = arguments;
    let (flags, config) = server.into_layer();
    let target = Target::find(&resolve(flags, config.as_deref())?, region)?;
    if let Some(note) = env::note(format, &target) {
        eprintln!("{note}");
    }
    print(&env::text(format, &target))
}

fn call_api(arguments: ApiArguments) -> anyhow::Result<ExitCode> {
    let call = Call::read(&arguments)?;
    for warning in call.warnings() {
        eprintln!("{warning}");
    }
    let (flags, config) = arguments.server.into_layer();
    let target = Target::find(&resolve(flags, config.as_deref())?, arguments.region)?;
    show(&call.send(&target, arguments.json)?)
}

fn trace_path(arguments: &TraceArguments) -> anyhow::Result<ExitCode> {
    let (flags, config) = arguments.server.clone().into_layer();
    let target = Target::find(&resolve(flags, config.as_deref())?, arguments.region.clone())?;
    let (outcome, reachable) = trace::call(arguments, &target)?;
    let code = show(&outcome)?;
    Ok(if reachable { code } else { ExitCode::from(trace::UNREACHABLE) })
}

fn set_link(arguments: LinkArguments) -> anyhow::Result<ExitCode> {
    let (flags, config) = arguments.server.into_layer();
    let target = Target::find(&resolve(flags, config.as_deref())?, arguments.region)?;
    show(&link::call(&arguments.command, &target)?)
}

fn list_failovers(arguments: FailoversArguments) -> anyhow::Result<ExitCode> {
    let (flags, config) = arguments.server.into_layer();
    let target = Target::find(&resolve(flags, config.as_deref())?, arguments.region)?;
    let (list, limit) = (("ListFailovers", "Failovers"), arguments.lines.into());
    show(&listing::show(&target, list, limit, arguments.json, "no traffic has moved")?)
}

fn tell_impact(arguments: ApiArguments) -> anyhow::Result<ExitCode> {
    let call = Call::read(&arguments)?;
    for warning in call.warnings() {
        eprintln!("{warning}");
    }
    let (flags, config) = arguments.server.into_layer();
    let target = Target::find(&resolve(flags, config.as_deref())?, arguments.region)?;
    show(&impact::call(&call, &target, arguments.json)?)
}

fn explain(arguments: ExplainArguments) -> anyhow::Result<ExitCode> {
    let ExplainArguments { principal, source_address, secure, api } = arguments;
    let call = Call::read(&api)?;
    for warning in call.warnings() {
        eprintln!("{warning}");
    }
    let (flags, config) = api.server.into_layer();
    let target = Target::find(&resolve(flags, config.as_deref())?, api.region)?;
    let asked = ram::Asked { principal: &principal, source_address, secure, call: &call };
    let (outcome, allowed) = ram::explain(&asked, &target, api.json)?;
    let code = show(&outcome)?;
    Ok(if allowed { code } else { ExitCode::from(ram::DENIED) })
}

fn find_faults(arguments: &LintArguments) -> anyhow::Result<ExitCode> {
    let (flags, config) = arguments.server.clone().into_layer();
    let target = Target::find(&resolve(flags, config.as_deref())?, arguments.region.clone())?;
    let (outcome, sound) = lint::call(arguments, &target)?;
    let code = show(&outcome)?;
    Ok(if sound { code } else { ExitCode::from(lint::FAULTY) })
}

/// Prints an answer; the exit status of an error answer is 1.
fn show(outcome: &Outcome) -> anyhow::Result<ExitCode> {
    if let Some(complaint) = &outcome.complaint {
        eprint!("{complaint}");
    }
    print(&outcome.output)?;
    Ok(if outcome.complaint.is_some() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Prints to standard output; a reader that has seen enough (`| head`) is no fault.
fn print(text: &str) -> anyhow::Result<ExitCode> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
            Err(fault).context("cannot write to standard output")
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
