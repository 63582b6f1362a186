//! Texts of the help: what the command is, and examples.

pub const ABOUT: &str = "A self-hosted implementation of Alibaba Cloud's route service.\n\n\
    VPC route tables and VPN gateway routes, over the provider's own wire protocol: the official SDKs, the aliyun \
    CLI, the Terraform provider and Kubernetes' cloud controller work against it unchanged.";

pub const EXAMPLES: &str = "Examples:\n  \
    causeway serve --memory --root-key test-ak:test-sk   a server that forgets, with a known key\n  \
    eval \"$(causeway env)\"                               point the SDKs of this shell at it\n  \
    causeway api CreateVpc CidrBlock=10.0.0.0/8          call any action\n\n\
    Exit status: 0 done, 1 fault or an error answer, 2 wrong usage or settings,
    8 unreachable (trace), 9 packets are lost (lint), 10 denied (ram explain).";

pub const SERVE_EXAMPLES: &str = "Examples:\n  \
    causeway serve                                       keep state in the user's data directory\n  \
    causeway serve --memory --listen 127.0.0.1:0         for tests: nothing kept, any free port\n  \
    causeway serve --tasks manual --clock frozen:2026-11-20T10:00:00Z\n  \
    causeway serve --config causeway.toml\n\n\
    Every flag but --config is also an environment variable and a key of the TOML file:\n  \
    --root-key ID:SECRET, CAUSEWAY_ROOT_KEY=ID:SECRET, root-key = \"ID:SECRET\".\n\
    A flag wins over a variable, a variable over the file.";

pub const ENV_EXAMPLES: &str = "Examples:\n  \
    eval \"$(causeway env)\"                        this shell\n  \
    causeway env dotenv > .env                    a file of variables\n  \
    causeway env terraform > provider.tf          a provider block\n  \
    eval \"$(causeway env aliyun)\"                 a profile of the aliyun CLI\n\n\
    The variables reach Terraform, Kubernetes' route controller and the SDKs that read their endpoint from them.\n\
    SDKs named tea (py-tea, node-tea, Go tea) take theirs in code: endpoint \"127.0.0.1:4580\", protocol \"http\".";

pub const API_EXAMPLES: &str = "Examples:\n  \
    causeway api DescribeVpcs\n  \
    causeway api CreateVpc CidrBlock=10.0.0.0/8 VpcName=lab\n  \
    causeway api DescribeRouteEntryList RouteTableId=vtb-bp1... --json\n  \
    causeway api CreateRouteEntries RouteEntries.1.RouteTableId=vtb-bp1... RouteEntries.1.DstCidrBlock=10.1.0.0/16 \
    RouteEntries.1.NextHop=i-bp1... RouteEntries.1.NextHopType=Instance\n  \
    causeway api CompleteTasks";

pub const TRACE_EXAMPLES: &str = "Examples:\n  \
    causeway trace --from 192.168.1.10 --to 10.0.0.7         the tables and rows that decide\n  \
    causeway trace --from 192.168.1.10 --to 10.0.0.7 --why   also the rows that lose, and why\n  \
    causeway trace --from 10.0.0.7 --to 192.168.1.10 --both  from outside, and the answer's way back\n\n\
    Exit status: 0 delivered (with --both there and back), 8 lost, 1 fault or an error answer.";

pub const IMPACT_EXAMPLES: &str = "Examples:\n  \
    causeway impact DeleteRouteEntry RouteEntryId=rte-...        what the route's end would move\n  \
    causeway impact SetLinkState LinkId=vco-... State=down       what takes over when the link fails\n  \
    causeway impact DeleteVpnGateway VpnGatewayId=vpn-... --json  the same for programs\n\n\
    Nothing is changed. What the action would refuse is refused with its own error.";

pub const LINT_EXAMPLES: &str = "Examples:\n  \
    causeway lint          a table of findings, the worst first\n  \
    causeway lint --json   the same for programs\n\n\
    Exit status: 0 no errors (there may be warnings), 9 errors: packets are lost, 1 fault or an error answer.";
