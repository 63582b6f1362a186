//! Which resources a request names: the templates of a declaration, filled in.

use causeway_spec::{At, Declaration, Parameters};

/// The relative resources of a request that decodes. A parameter that may be left out, and is,
/// stands for all resources of its kind.
pub(crate) fn named(of: &Declaration, parameters: &Parameters) -> Vec<String> {
    let root = At::root(parameters);
    let mut filled: Vec<String> =
        of.resources.iter().flat_map(|template| fill(&root, template)).collect();
    filled.sort_unstable();
    filled.dedup();
    filled
}

fn fill(root: &At<'_>, template: &'static str) -> Vec<String> {
    let Some((before, (path, after))) =
        template.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return vec![template.to_owned()];
    };
    let places = match path.split_once('.') {
        None => vec![root.field(path, None)],
        Some((list, member)) => {
            let elements = root.field(list, None).elements().unwrap_or_default();
            elements.iter().map(|element| element.field(member, None)).collect()
        }
    };
    let text = |place: &At<'_>| {
        let given = place.text().filter(|text| !text.is_empty()).unwrap_or("*");
        [before, given, after].concat()
    };
    match places.as_slice() {
        [] => vec![format!("{before}*{after}")],
        places => places.iter().map(text).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    fn of(action: &str, pairs: &[(&str, &str)]) -> Vec<String> {
        let entry = catalogue::all().find(|entry| entry.declaration.name == action).unwrap();
        let pairs = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        named(&entry.declaration, &pairs.collect())
    }

    #[test]
    fn parameters_fill_templates() {
        assert_eq!(of("DescribeVpcs", &[("VpcId", "vpc-1")]), ["vpc/*"]);
        assert_eq!(of("DeleteVpc", &[("VpcId", "vpc-1")]), ["vpc/vpc-1"]);
        let request = [("RouteTableId", "vtb-1"), ("VSwitchId", "vsw-1")];
        assert_eq!(of("AssociateRouteTable", &request), ["routetable/vtb-1", "vswitch/vsw-1"]);
        assert_eq!(of("DeleteRouteEntry", &[("RouteTableId", "")]), ["routetable/*"]);
    }

    #[test]
    fn every_element_of_a_list_is_named() {
        let request = [
            ("RouteEntries.1.RouteTableId", "vtb-1"),
            ("RouteEntries.2.RouteTableId", "vtb-2"),
            ("RouteEntries.9.RouteTableId", "vtb-1"),
            ("RouteEntries.11.DstCidrBlock", "10.0.0.0/8"),
        ];
        let expected = ["routetable/*", "routetable/vtb-1", "routetable/vtb-2"];
        assert_eq!(of("CreateRouteEntries", &request), expected);
        assert_eq!(of("CreateRouteEntries", &[]), ["routetable/*"]);
    }

    /// A template must not be dodged by leaving its parameter out; where it may be left out, the
    /// operation names what it finds.
    #[test]
    fn what_decides_must_be_given() {
        let mut optional = Vec::new();
        for entry in catalogue::all() {
            let it = &entry.declaration;
            let paths = it.resources.iter().filter_map(|it| it.split_once('{')?.1.split_once('}'));
            for (path, _) in paths {
                if !is_required(it.parameters, path) {
                    optional.push(it.name);
                }
            }
        }
        assert_eq!(optional, ["ModifyRouteEntry", "DeleteRouteEntry"]);
    }

    fn is_required(parameters: &[causeway_spec::Parameter], path: &str) -> bool {
        use causeway_spec::Shape;
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let parameter = parameters.iter().find(|it| it.name == name).expect("it is declared");
        match parameter.shape {
            // An empty list changes nothing.
            Shape::List(Shape::Struct(members)) => is_required(members, rest),
            _ => parameter.required,
        }
    }
}
