//! Work orders of the demo company, in every state.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::people::{Customer, Officer};
use super::tale::{Left, Tale};
use crate::features::tickets::seeding::{NewTicket, answer, ask_on, close, note, open, resolve, take_on};
use crate::features::tickets::{Category, Contact, Urgency};
use crate::services::context::Context;

struct Story {
    /// Which customer asks.
    who: usize,
    category: Category,
    urgency: Urgency,
    subject: &'static str,
    text: &'static str,
    /// Days ago.
    days: u64,
    /// What followed: staff answers and customer's replies in turn.
    answers: &'static [&'static str],
    end: End,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Stands,
    Assigned,
    Resolved,
    Closed,
}

const STORIES: &[Story] = &[
    Story {
        who: 0,
        category: Category::Service,
        urgency: Urgency::High,
        subject: "Disk of web-02 is slow since this morning",
        text: "Since 08:30 writes on web-02 take over 200 ms. The monitoring shows the same. Nothing was changed on our side.\n\nCould you look at the storage node?",
        days: 1,
        answers: &[
            "We see it: one of three copies was being rebuilt after a disk was replaced. Writes should be back to normal by noon.\n\nPlease tell us if they are not.",
        ],
        end: End::Assigned,
    },
    Story {
        who: 0,
        category: Category::Money,
        urgency: Urgency::Normal,
        subject: "Which name must the transfer carry?",
        text: "My bank account is in my full legal name. Is that enough, or do you need the company's?",
        days: 9,
        answers: &[
            "Your own name is right for a personal account. A transfer from somebody else waits for a person to look at it.",
            "Thank you, that helps.",
        ],
        end: End::Closed,
    },
    Story {
        who: 0,
        category: Category::Product,
        urgency: Urgency::Low,
        subject: "Does Backup Vault cover block storage?",
        text: "We have two disks of 1 TB. Are they included when the server is copied?",
        days: 21,
        answers: &["Yes, every disk that is attached when the copy begins."],
        end: End::Resolved,
    },
    Story {
        who: 1,
        category: Category::Service,
        urgency: Urgency::Normal,
        subject: "Second address for the load balancer",
        text: "We need a second public address on lb-main for a partner who filters by address.",
        days: 2,
        answers: &[],
        end: End::Stands,
    },
    Story {
        who: 1,
        category: Category::Account,
        urgency: Urgency::Normal,
        subject: "Change of the contact person",
        text: "Ms Chen has left. Please tell us how the contact of the company account is changed.",
        days: 12,
        answers: &[
            "The owner of the account can do it under Members. If the owner herself has left, we need a letter with the company's seal.",
        ],
        end: End::Stands,
    },
    Story {
        who: 2,
        category: Category::Money,
        urgency: Urgency::High,
        subject: "Transfer of 1,200.00 not credited",
        text: "I transferred on Friday with the reference in the text. The balance has not moved.",
        days: 3,
        answers: &[],
        end: End::Assigned,
    },
    Story {
        who: 3,
        category: Category::Service,
        urgency: Urgency::Normal,
        subject: "网站访问很慢",
        text: "从昨天晚上开始，广州用户访问很慢，北京正常。请帮忙看一下线路。",
        days: 1,
        answers: &["您好，我们正在与运营商确认广州方向的线路，有结果会第一时间告诉您。"],
        end: End::Assigned,
    },
    Story {
        who: 4,
        category: Category::Other,
        urgency: Urgency::Low,
        subject: "Price for 50 servers",
        text: "We plan to move 50 servers in January. Is there a price for that number?",
        days: 5,
        answers: &[
            "Thank you for asking. A consultant will call you tomorrow at ten.",
            "Ten is fine. Please use the number in our account.",
        ],
        end: End::Stands,
    },
    Story {
        who: 5,
        category: Category::Privacy,
        urgency: Urgency::Normal,
        subject: "Who has seen my data?",
        text: "Please tell me which of your staff opened my account in the last month, and why.",
        days: 8,
        answers: &[
            "Under Records in your account you find every look of our staff with its reason. There was one, for an earlier work order of yours.",
        ],
        end: End::Resolved,
    },
    Story {
        who: 6,
        category: Category::Service,
        urgency: Urgency::High,
        subject: "Cluster upgrade stopped at node 3",
        text: "The upgrade to 1.33 has stopped at the third node for two hours. The pods are running.",
        days: 0,
        answers: &[],
        end: End::Stands,
    },
    Story {
        who: 7,
        category: Category::Account,
        urgency: Urgency::Low,
        subject: "发票抬头可以修改吗",
        text: "我们公司改名了，发票抬头需要更新，请问需要什么材料？",
        days: 15,
        answers: &["需要新的营业执照。公司更名后请重新进行实名认证，发票抬头会随之更新。"],
        end: End::Resolved,
    },
    Story {
        who: 8,
        category: Category::Product,
        urgency: Urgency::Low,
        subject: "Does Content Delivery speak HTTP/3?",
        text: "And if so, is it on by default?",
        days: 30,
        answers: &["Yes, and yes.", "Great."],
        end: End::Closed,
    },
];

/// Adds every story to the tale.
pub(super) fn add<'a>(
    tale: &mut Tale<'a>,
    ctx: &'a Context,
    customers: &'a [Customer],
    support: &'a Officer,
    zone: &'a TimeZone,
) {
    for story in STORIES {
        let customer = &customers[story.who];
        let hour = Duration::from_secs(3600);
        let began = ctx.now.minus(Duration::from_secs(story.days * 86_400) + 2 * hour);
        let number = Left::nothing();
        let made = number.clone();
        tale.at(began, move |conn| {
            made.leave(open(conn, &customer.acts(ctx, began), &asked(story, customer), &[], zone)?)
        });
        let mut at = began;
        if !story.answers.is_empty() || story.end == End::Assigned {
            at = at.plus(Duration::from_secs(900));
            let number = number.clone();
            tale.at(at, move |conn| {
                let (by, number) = (support.acts(ctx, at), number.take()?);
                take_on(conn, &by, &number)?;
                if story.end == End::Assigned {
                    note(conn, &by, &number, "Looked at it with the night shift; see the hand-over page.")?;
                }
                Ok(())
            });
        }
        for (turn, text) in story.answers.iter().enumerate() {
            at = at.plus(Duration::from_secs(1500));
            let number = number.clone();
            tale.at(at, move |conn| {
                let number = number.take()?;
                if turn % 2 == 0 {
                    answer(conn, &support.acts(ctx, at), &number, text)
                } else {
                    ask_on(conn, &customer.acts(ctx, at), &number, text, zone)
                }
            });
        }
        at = at.plus(Duration::from_secs(600));
        match story.end {
            End::Stands | End::Assigned => {}
            End::Resolved => tale.at(at, move |conn| resolve(conn, &support.acts(ctx, at), &number.take()?)),
            End::Closed => tale.at(at, move |conn| close(conn, &customer.acts(ctx, at), &number.take()?)),
        }
    }
}

fn asked(story: &Story, customer: &Customer) -> NewTicket {
    NewTicket {
        category: story.category,
        urgency: story.urgency,
        subject: story.subject.to_string(),
        text: story.text.to_string(),
        contact: Contact {
            name: customer.name.to_string(),
            address: customer.address.clone(),
            phone: String::new(),
            company: customer.company.unwrap_or_default().to_string(),
            industry: String::new(),
            position: String::new(),
        },
    }
}
