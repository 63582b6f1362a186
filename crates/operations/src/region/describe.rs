use super::language;
use crate::{Authorized, Operation, Query};
use causeway_model::{Context, Region, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use serde::Serialize;

/// Lists the regions served.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The language of names: `zh-CN` (when absent), `en-US` or `ja`.
    #[parameter(example = "en-US")]
    accept_language: Option<String>,
    /// The product asked about, such as `VPC`. All products here are in the same regions.
    product_type: Option<String>,
}

/// The regions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    regions: Regions,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Regions {
    region: Vec<RegionShape>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RegionShape {
    region_id: String,
    local_name: String,
    region_endpoint: String,
}

/// See [`Request`].
pub struct DescribeRegions;

impl Operation for DescribeRegions {
    const DECLARATION: Declaration = Declaration {
        access: Access::List,
        resources: &["*"],
        examples: &[Example {
            title: "All regions, named in English",
            request: &[("AcceptLanguage", "en-US")],
            answer: r#"{"Regions":{"Region":[
                {"RegionId":"cn-hangzhou","LocalName":"China (Hangzhou)"},
                {"RegionId":"cn-shanghai","LocalName":"China (Shanghai)"}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeRegions")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeRegions {
    fn run(
        _tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        // Every product is in every region, so the one asked about does not matter.
        let _ = &request.product_type;
        let language = language(request.accept_language.as_deref());
        let shape = |region: &Region| RegionShape {
            region_id: region.id.clone(),
            local_name: region.name(language).to_owned(),
            // The provider's own pattern (clients.md 4.2).
            region_endpoint: format!("vpc.{}.aliyuncs.com", region.id),
        };
        Ok(Response { regions: Regions { region: context.regions.iter().map(shape).collect() } })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Region;

    #[test]
    fn names_are_in_the_language_asked_for() {
        let mut world = World::new();
        for (language, name) in [
            (&[][..], "华东1（杭州）"),
            (&[("AcceptLanguage", "zh-CN"), ("ProductType", "VPC")], "华东1（杭州）"),
            (&[("AcceptLanguage", "en-US")], "China (Hangzhou)"),
            (&[("AcceptLanguage", "ja")], "中国 (杭州)"),
        ] {
            let answer = world.call("DescribeRegions", language).unwrap();
            assert_eq!(answer["Regions"]["Region"][0]["LocalName"], name);
        }
    }

    #[test]
    fn a_region_of_the_operators_own_goes_by_its_id() {
        let mut world = World::new();
        world.context.regions = [Region::new("edge-1")].into();
        let answer = world.call("DescribeRegions", &[]).unwrap();
        assert_eq!(answer["Regions"]["Region"].as_array().unwrap().len(), 1);
        assert_eq!(answer["Regions"]["Region"][0]["LocalName"], "edge-1");
        assert_eq!(answer["Regions"]["Region"][0]["RegionEndpoint"], "vpc.edge-1.aliyuncs.com");
    }
}
