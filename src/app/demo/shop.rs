//! What the demo company sells and tells.

use std::time::Duration;

use diesel::QueryResult;

use crate::base::db::Conn;
use crate::base::types::{Moment, Money};
use crate::features::catalogue::seeding::{NewPlan, NewProduct, add_plan, add_product};
use crate::features::catalogue::{Category, Period};
use crate::features::help::Topic;
use crate::features::help::seeding::{NewAnnouncement, NewArticle, add_announcement, add_article};

struct Product {
    slug: &'static str,
    category: Category,
    name: &'static str,
    summary: &'static str,
    body: &'static str,
    keywords: &'static str,
    /// Name, what it holds, minor units a month.
    plans: &'static [(&'static str, &'static str, i64)],
}

const PRODUCTS: &[Product] = &[
    Product {
        slug: "cloud-server",
        category: Category::Compute,
        name: "Cloud Server",
        summary: "Virtual machines that start in under a minute, by the month.",
        body: "Pick a size, pick an image, sign in by key. Every server has a private address, a firewall and a console in the portal.\n\n## What is included\n\n- Local SSD, mirrored on two machines\n- One public IPv4 and a /64 of IPv6\n- Snapshots each night, kept for a week\n\n## Good to know\n\nSizes change without a new address; the server restarts once.",
        keywords: "vm virtual machine 云服务器 虚拟机 主机",
        plans: &[
            ("Small", "2 cores, 4 GB, 60 GB SSD", 8_800),
            ("Medium", "4 cores, 8 GB, 120 GB SSD", 16_800),
            ("Large", "8 cores, 16 GB, 240 GB SSD", 32_800),
        ],
    },
    Product {
        slug: "bare-metal",
        category: Category::Compute,
        name: "Bare Metal",
        summary: "A whole machine for you alone, ready within two hours.",
        body: "For databases and licences that want the whole machine. Remote console, own disk layout, hardware replaced within four hours.",
        keywords: "dedicated 物理服务器 裸金属",
        plans: &[
            ("Standard", "16 cores, 128 GB, 2 × 1.9 TB NVMe", 198_000),
            ("Memory", "32 cores, 512 GB, 4 × 1.9 TB NVMe", 428_000),
        ],
    },
    Product {
        slug: "containers",
        category: Category::Compute,
        name: "Containers",
        summary: "A managed Kubernetes whose control plane we keep awake.",
        body: "You bring images, we keep the control plane, certificates and upgrades. Nodes are Cloud Servers and appear in your list.",
        keywords: "kubernetes k8s docker 容器 集群",
        plans: &[("Control plane", "Three nodes in three rooms", 29_900)],
    },
    Product {
        slug: "block-storage",
        category: Category::Storage,
        name: "Block Storage",
        summary: "Disks that outlive the server and grow while it runs.",
        body: "Three copies in one region. Grow a disk at any time; shrinking needs a copy. Snapshots are incremental.",
        keywords: "disk volume 云盘 硬盘 块存储",
        plans: &[("100 GB", "3,000 operations a second", 3_500), ("1 TB", "10,000 operations a second", 32_000)],
    },
    Product {
        slug: "object-storage",
        category: Category::Storage,
        name: "Object Storage",
        summary: "Files by address, counted by the gigabyte, kept in three rooms.",
        body: "Speaks the S3 protocol. Versions, lifecycle rules and signed links are included; requests are not counted.",
        keywords: "s3 bucket 对象存储 文件",
        plans: &[("1 TB", "1 TB stored, 1 TB out", 9_900), ("10 TB", "10 TB stored, 10 TB out", 89_000)],
    },
    Product {
        slug: "backup-vault",
        category: Category::Storage,
        name: "Backup Vault",
        summary: "Copies in another city that nobody can change for thirty days.",
        body: "Servers and disks are copied each night to a region you choose. A copy cannot be deleted before its term, not even by us.",
        keywords: "backup snapshot 备份 容灾",
        plans: &[("500 GB", "Daily, kept 30 days", 6_800), ("5 TB", "Daily, kept 30 days", 58_000)],
    },
    Product {
        slug: "load-balancer",
        category: Category::Network,
        name: "Load Balancer",
        summary: "One address before many servers, with certificates renewed for you.",
        body: "Layer 4 and layer 7, health checks each five seconds, sticky sessions, access logs to Object Storage.",
        keywords: "lb proxy 负载均衡",
        plans: &[("Standard", "1 Gbit/s", 12_800), ("Wide", "10 Gbit/s", 68_000)],
    },
    Product {
        slug: "private-network",
        category: Category::Network,
        name: "Private Network",
        summary: "Your servers among themselves, in one city or across three.",
        body: "Networks are free within a region. Between regions you buy bandwidth; traffic is encrypted on the way.",
        keywords: "vpc vlan 专有网络 内网 专线",
        plans: &[("Between regions", "100 Mbit/s", 24_000)],
    },
    Product {
        slug: "content-delivery",
        category: Category::Network,
        name: "Content Delivery",
        summary: "Pages and films from forty cities close to the reader.",
        body: "Point a name at us and the nearest city answers. Purge by path within seconds; logs are yours.",
        keywords: "cdn cache 加速 内容分发",
        plans: &[("1 TB", "1 TB of traffic", 18_000), ("10 TB", "10 TB of traffic", 148_000)],
    },
    Product {
        slug: "web-firewall",
        category: Category::Security,
        name: "Web Firewall",
        summary: "Known attacks end before they reach your pages.",
        body: "Rules are updated each day and tried in report mode first. You see what was stopped, and why, in the portal.",
        keywords: "waf 防火墙 网站防护",
        plans: &[
            ("One site", "Up to 50 requests a second", 38_000),
            ("Five sites", "Up to 500 requests a second", 128_000),
        ],
    },
    Product {
        slug: "flood-shield",
        category: Category::Security,
        name: "Flood Shield",
        summary: "Stays reachable while somebody tries to drown you.",
        body: "Traffic is washed in three cities before it reaches your servers. Switches on by itself within ten seconds.",
        keywords: "ddos 高防 流量清洗",
        plans: &[("Standard", "Up to 100 Gbit/s", 260_000)],
    },
    Product {
        slug: "key-keeper",
        category: Category::Security,
        name: "Key Keeper",
        summary: "Keys in hardware, used without ever leaving it.",
        body: "Sign, encrypt and rotate by API. Every use is recorded in a log that cannot be changed. Keys can be brought along.",
        keywords: "kms hsm 密钥 加密",
        plans: &[("Ten keys", "100,000 uses a month", 19_800)],
    },
];

/// Products with their plans.
pub(super) fn products(conn: &mut Conn, now: Moment) -> QueryResult<()> {
    for (position, product) in (1_i64..).zip(PRODUCTS) {
        let new = NewProduct {
            slug: product.slug,
            category: product.category,
            name: product.name,
            summary: product.summary,
            body: product.body,
            keywords: product.keywords,
            position,
        };
        let id = add_product(conn, &new, now)?;
        for (position, (name, summary, price)) in (1_i64..).zip(product.plans) {
            let plan = NewPlan { name, summary, price: Money(*price), period: Period::Month, position };
            add_plan(conn, id, &plan)?;
        }
    }
    Ok(())
}

const ARTICLES: &[(&str, Topic, &str, &str, &str, &str)] = &[
    (
        "open-an-account",
        Topic::Start,
        "Open an account",
        "What registering asks for, and what comes after it.",
        "You need an e-mail address and a password. We send a code to the address; enter it in the same browser within ten minutes.\n\n1. [Register](/register) and enter the code.\n2. Have your real name authenticated: buying and topping up are closed until then.\n3. Top up your balance and choose a product.\n\nNothing else is asked. You can take part in all of browsing and search without an account.",
        "register 注册 账号",
    ),
    (
        "the-code-does-not-arrive",
        Topic::Account,
        "The code does not arrive",
        "Where to look, and when to ask for another.",
        "Look into the junk folder first. After a minute you can ask for another code on the same page; older codes then no longer work.\n\nA code works only in the browser that asked for it, for ten minutes and once.",
        "verification code mail 验证码 收不到",
    ),
    (
        "sign-in-from-a-new-device",
        Topic::Account,
        "Sign in from a new device",
        "Why a new browser is asked for a code.",
        "A browser that you have not used in the last 30 days is asked for a code by mail, even when the password is right. This keeps out whoever knows only your password.\n\nUnder [Security](/account/security) you see every device and can end each.",
        "device 2fa 新设备 登录",
    ),
    (
        "choose-a-good-password",
        Topic::Account,
        "Choose a good password",
        "Long beats complicated.",
        "Four or five words that have nothing to do with each other are hard to guess and easy to keep in mind. Ten characters are the least. We refuse passwords that many people use and ones like your address.\n\nWe never ask you to change a good password.",
        "密码 password",
    ),
    (
        "top-up-by-bank-transfer",
        Topic::Money,
        "Top up by bank transfer",
        "From the reference to the credited balance.",
        "1. Under **Remittances** open a top-up. You get our account and a reference of your own.\n2. Make the transfer from your bank and write the reference into its text.\n3. Declare it: who sent how much from which account, and when.\n\nWe compare your declaration with the statement of our bank. When both agree, a second person confirms it and your balance is credited, usually within one working day.",
        "remittance transfer 充值 汇款 转账",
    ),
    (
        "my-transfer-is-not-credited",
        Topic::Money,
        "My transfer is not credited yet",
        "What the states of a remittance mean.",
        "| State | What it means |\n|---|---|\n| Open | We wait for your declaration |\n| Declared | We look for it in the statement of our bank |\n| Credited | It is in your balance |\n| Refused | We could not find it; the reason stands beside it |\n\nTransfers between banks take up to two working days. If yours is older, [open a work order](/account/tickets/new?category=money).",
        "未到账 remittance state 状态",
    ),
    (
        "change-the-size-of-a-server",
        Topic::Service,
        "Change the size of a server",
        "What restarts and what stays.",
        "The address, the disks and the name stay. The server restarts once, which takes about a minute. Upgrades act at once; downgrades act when the month ends.",
        "resize upgrade 升级 配置",
    ),
    (
        "send-files-with-a-work-order",
        Topic::Support,
        "Send files with a work order",
        "Which kinds, how large, and who sees them.",
        "Pictures (JPEG, PNG, WebP), films (MP4, WebM), sound (MP3, WAV) and PDF. Phones that save HEIC or MOV can be set to the widely used kinds in the camera's settings.\n\nPictures are saved anew without the place where they were taken. Only members of your account and our support see files.",
        "attachment upload 附件 工单",
    ),
    (
        "when-do-you-answer",
        Topic::Support,
        "When do you answer?",
        "Every question has a date by which it is answered.",
        "Every work order has a due date 15 days after you sent it at the latest; most are answered within a working day. You get a mail with each answer.",
        "sla 回复 时间",
    ),
    (
        "see-what-is-kept-about-you",
        Topic::Privacy,
        "See what is kept about you",
        "Records, consents and how to withdraw them.",
        "Under [Records](/account/records) stands every sign-in and every change, also those that our staff made. Under [Privacy](/account/privacy) stand your consents; withdrawing one takes as many steps as giving it.",
        "privacy data 隐私 个人信息",
    ),
];

const ANNOUNCEMENTS: &[(&str, &str, &str, u64)] = &[
    (
        "object-storage-in-chengdu",
        "Object Storage opens in Chengdu",
        "From today Object Storage is served from a third region. Existing buckets stay where they are; new ones can choose.",
        2,
    ),
    (
        "maintenance-november",
        "Maintenance in the night of 28 November",
        "Between 02:00 and 04:00 we replace switches in the Shanghai region. Each server may be unreachable for up to 30 seconds, once.",
        6,
    ),
    (
        "snapshots-keep-seven-days",
        "Nightly snapshots are now kept for seven days",
        "They were kept for three. Nothing needs to be done, and the price stays.",
        19,
    ),
    (
        "new-receiving-bank",
        "A second receiving bank",
        "Besides our account at the Bank of Communications you can now transfer to one at China Merchants Bank. Your top-up shows which.",
        33,
    ),
    (
        "web-firewall-reports",
        "Web Firewall explains itself",
        "Every stopped request now names the rule that stopped it.",
        60,
    ),
];

/// Help articles and announcements.
pub(super) fn words(conn: &mut Conn, now: Moment) -> QueryResult<()> {
    for (slug, topic, title, summary, body, keywords) in ARTICLES {
        let new = NewArticle { slug, topic: *topic, title, summary, body, keywords };
        add_article(conn, &new, now)?;
    }
    for (slug, title, body, days) in ANNOUNCEMENTS.iter().rev() {
        let published_at = now.minus(Duration::from_secs(days * 86_400));
        add_announcement(conn, &NewAnnouncement { slug, title, body, published_at })?;
    }
    Ok(())
}
