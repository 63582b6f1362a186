use super::language;
use crate::page::passes;
use crate::{Authorized, Operation, Query};
use causeway_model::{Context, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use serde::Serialize;

/// The only kind of zone here.
const ZONE_TYPE: &str = "AvailabilityZone";

/// Lists the zones of a region.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The language of names: `zh-CN` (when absent), `en-US` or `ja`.
    #[parameter(example = "en-US")]
    accept_language: Option<String>,
    /// The kind of zone: `AvailabilityZone`, or `EdgeZone`, of which there are none here.
    #[parameter(example = "AvailabilityZone")]
    zone_type: Option<String>,
}

/// The zones.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    zones: Zones,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Zones {
    zone: Vec<Zone>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Zone {
    zone_id: String,
    local_name: String,
    zone_type: &'static str,
}

/// See [`Request`].
pub struct DescribeZones;

impl Operation for DescribeZones {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::List,
        resources: &["*"],
        examples: &[Example {
            title: "The zones of cn-hangzhou",
            request: &[("AcceptLanguage", "en-US")],
            answer: r#"{"Zones":{"Zone":[
                {"ZoneId":"cn-hangzhou-g","LocalName":"China (Hangzhou) Zone G"},
                {"ZoneId":"cn-hangzhou-h"},{"ZoneId":"cn-hangzhou-i"},
                {"ZoneId":"cn-hangzhou-j"},{"ZoneId":"cn-hangzhou-k"}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeZones")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeZones {
    fn run(
        _tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let language = language(request.accept_language.as_deref());
        let zones = context.region.zones().map(|zone_id| Zone {
            local_name: context.region.zone_name(&zone_id, language),
            zone_id,
            zone_type: ZONE_TYPE,
        });
        let wanted = passes(request.zone_type.as_deref(), Some(ZONE_TYPE));
        let zone = if wanted { zones.collect() } else { Vec::new() };
        Ok(Response { zones: Zones { zone } })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Region;
    use serde_json::json;

    #[test]
    fn zones_have_a_type_and_a_name() {
        let mut world = World::new();
        let answer = world.call("DescribeZones", &[]).unwrap();
        let zone = &answer["Zones"]["Zone"][1];
        let expected = json!({
            "ZoneId": "cn-hangzhou-h",
            "LocalName": "华东1（杭州） 可用区H",
            "ZoneType": "AvailabilityZone",
        });
        assert_eq!(zone, &expected);
        let edge = world.call("DescribeZones", &[("ZoneType", "EdgeZone")]).unwrap();
        assert_eq!(edge["Zones"]["Zone"], json!([]));
    }

    #[test]
    fn any_region_has_zones() {
        let mut world = World::new();
        world.context.region = Region::new("edge-1");
        let answer = world.call("DescribeZones", &[]).unwrap();
        assert_eq!(answer["Zones"]["Zone"].as_array().unwrap().len(), 2);
        assert_eq!(answer["Zones"]["Zone"][0]["ZoneId"], "edge-1a");
    }
}
