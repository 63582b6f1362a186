//! The page of one operation.

use causeway_operations::{Declaration, Entry};
use causeway_spec::{Example, Parameter, Shape};
use serde_json::Value;

use super::markdown::{HEADER, cell, code, head, row, yes};

/// `docs/operations/<Action>.md`.
pub fn page(entry: &Entry) -> String {
    let it = &entry.declaration;
    let sections = [
        format!("{HEADER}# {}\n\n{}\n", it.name, it.doc.trim()),
        facts(entry),
        parameters(it),
        errors(it),
        it.examples.iter().map(|it| example(entry.declaration.name, it)).collect(),
    ];
    sections.join("\n")
}

fn facts(entry: &Entry) -> String {
    let it = &entry.declaration;
    let arn = |template: &&str| {
        let service = it.product.ram_code();
        // A template that begins with a parameter stands for a whole ARN.
        match template.starts_with('{') {
            true => code(template),
            false => code(&format!("acs:{service}:{{region}}:{{account}}:{template}")),
        }
    };
    let resources: Vec<String> = it.resources.iter().map(arn).collect();
    let resources = match resources.as_slice() {
        [] => "none: every caller may".to_owned(),
        named => named.join("<br>"),
    };
    let asynchronous = if it.asynchronous { "yes: work goes on after the answer" } else { "no" };
    let mut table = head(["", ""]);
    for (name, value) in [
        ("Product", it.product.name().to_owned()),
        ("`Version`", code(it.product.version())),
        ("Changes state", yes(entry.writes).to_owned()),
        ("Asynchronous", asynchronous.to_owned()),
        ("Dry run", yes(it.dry_run).to_owned()),
        ("Client token", yes(it.client_token).to_owned()),
        ("RAM action", code(&format!("{}:{}", it.product.ram_code(), it.name))),
        ("Access level", it.access.text().to_owned()),
        ("RAM resource", resources),
    ] {
        table += &row([name.to_owned(), value]);
    }
    table
}

fn parameters(it: &Declaration) -> String {
    let mut rows = Vec::new();
    if it.region_required || it.client_token || it.dry_run {
        rows.extend(of_pipeline(it));
    }
    collect("", it.parameters, &mut rows);
    if rows.is_empty() {
        return "## Parameters\n\nNone of its own.\n".into();
    }
    let table = head(["Name", "Type", "Required", "Example", "Meaning"]);
    format!("## Parameters\n\n{table}{}", rows.concat())
}

/// Parameters that the pipeline reads for the operations that take them.
fn of_pipeline(it: &Declaration) -> Vec<String> {
    let declared = [
        (it.region_required, "RegionId", "text", true, "The region."),
        (
            it.client_token,
            "ClientToken",
            "text",
            false,
            "Makes repeating safe: the same token with the same parameters acts once.",
        ),
        (
            it.dry_run,
            "DryRun",
            "boolean",
            false,
            "Only check: a request that would succeed answers `DryRunOperation`.",
        ),
    ];
    let given = declared.into_iter().filter(|(given, ..)| *given);
    given
        .map(|(_, name, shape, required, meaning)| {
            row([code(name), shape.into(), yes(required).into(), String::new(), meaning.into()])
        })
        .collect()
}

/// One row for each parameter, those inside lists and structures by their flattened names.
fn collect(before: &str, parameters: &[Parameter], rows: &mut Vec<String>) {
    for it in parameters {
        let (name, shape) = flattened(format!("{before}{}", it.name), &it.shape);
        rows.push(row([
            code(&name),
            text(&it.shape),
            yes(it.required).into(),
            code(it.example),
            cell(it.doc),
        ]));
        if let Shape::Struct(members) = shape {
            collect(&format!("{name}."), members, rows);
        }
    }
}

/// The name of an element, `Name.N` for each list around it, and its type.
fn flattened(name: String, shape: &Shape) -> (String, &Shape) {
    match shape {
        Shape::List(element) => flattened(format!("{name}.N"), element),
        _ => (name, shape),
    }
}

fn text(shape: &Shape) -> String {
    match shape {
        Shape::Text => "text".into(),
        Shape::Integer => "integer".into(),
        Shape::Boolean => "boolean".into(),
        Shape::Json => "JSON".into(),
        Shape::List(element) => format!("list of {}", text(element)),
        Shape::Struct(_) => "structure".into(),
    }
}

fn errors(it: &Declaration) -> String {
    let section = "## Errors\n\nBesides [the gateway's](../errors/gateway.md):\n\n";
    if it.errors.is_empty() {
        return "## Errors\n\nOnly [the gateway's](../errors/gateway.md).\n".into();
    }
    let rows = it.errors.iter().map(|error| {
        row([
            code(error.code),
            error.status.to_string(),
            code(error.message),
            cell(error.condition),
            cell(error.source),
        ])
    });
    let table = head(["Code", "Status", "Message", "When", "Source"]);
    format!("{section}{table}{}", rows.collect::<String>())
}

fn example(action: &str, it: &Example) -> String {
    let pairs = it.request.iter().map(|(name, value)| format!("{name}={value}\n"));
    let request: String = pairs.collect();
    let answer = match serde_json::from_str::<Value>(it.answer) {
        Ok(value) => format!("{value:#}"),
        // The operations' own tests say so where it matters.
        Err(_) => it.answer.to_owned(),
    };
    format!(
        "## Example: {}\n\n```text\nAction={action}\n{request}```\n\nanswers\n\n```json\n{answer}\n```\n\n",
        cell(it.title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBERS: &[Parameter] = &[Parameter {
        name: "Key",
        doc: "The key:\na|b.",
        required: true,
        shape: Shape::Text,
        example: "k",
        secret: false,
    }];
    const LIST: Parameter = Parameter {
        name: "Tag",
        doc: "Tags.",
        required: false,
        shape: Shape::List(&Shape::Struct(MEMBERS)),
        example: "",
        secret: false,
    };

    #[test]
    fn members_are_listed_by_their_flattened_names() {
        let mut rows = Vec::new();
        collect("", &[LIST], &mut rows);
        assert_eq!(
            rows,
            [
                "| `Tag.N` | list of structure | no |  | Tags. |\n",
                "| `Tag.N.Key` | text | yes | `k` | The key: a\\|b. |\n",
            ]
        );
    }

    #[test]
    fn a_page_has_what_the_declaration_says() {
        let entry = causeway_operations::find("2016-04-28", "CreateVpc").unwrap();
        let page = page(entry);
        for part in [
            "# CreateVpc\n\nCreates a VPC",
            "| RAM action | `vpc:CreateVpc` |",
            "| `DryRun` | boolean | no |",
            "| `CidrBlock` | text | no | `172.16.0.0/12` |",
            "| `QuotaExceeded.Vpc` | 400 | `VPC quota exceeded.` |",
            "```text\nAction=CreateVpc\nCidrBlock=10.0.0.0/8\n",
            "\"VpcId\": \"*\"",
        ] {
            assert!(page.contains(part), "{part} is not in\n{page}");
        }
    }
}
