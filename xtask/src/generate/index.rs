//! The index of all operations.

use causeway_operations::FAMILIES;
use causeway_spec::Product;

use super::markdown::{HEADER, cell, head, row, yes};

/// `docs/operations/README.md`.
pub fn page() -> String {
    let mut page = format!(
        "{HEADER}# Operations\n\n\
         Each operation is called by its name as `Action`, with the `Version` of its product. The \
         errors that any operation can answer before it runs are [the gateway's](../errors/gateway.md).\n\n\
         In the examples, a value such as `$vpn` stands for the id of an existing resource, and `*` \
         in an answer for any value; answers may have more members than shown.\n"
    );
    for product in Product::ALL {
        page += &format!("\n## {}, version {}\n", product.name(), product.version());
        for family in FAMILIES {
            let of_product =
                || family.operations.iter().filter(|entry| entry.declaration.product == *product);
            if of_product().next().is_none() {
                continue;
            }
            page += &format!("\n### {}\n\n", family.title);
            page += &head(["Operation", "What it does", "Changes state", "Asynchronous"]);
            for entry in of_product() {
                let it = &entry.declaration;
                page += &row([
                    format!("[{0}]({0}.md)", it.name),
                    cell(it.doc.split("\n\n").next().unwrap_or_default()),
                    yes(entry.writes).into(),
                    yes(it.asynchronous).into(),
                ]);
            }
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_listed_once() {
        let page = page();
        for entry in causeway_operations::all() {
            let link = format!("[{0}]({0}.md)", entry.declaration.name);
            assert_eq!(page.matches(&link).count(), 1, "{link}");
        }
    }
}
