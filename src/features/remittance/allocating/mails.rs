//! The mails that tell a customer where received money went. Their words stand in `templates/mail`.

use askama::Template;

use super::model::Payee;
use super::queries::{Permanent, Target};
use crate::base::types::{Money, Number};
use crate::features::accounts::Reader;
use crate::services::context::Context;
use crate::services::mail::Mail;

/// What they say.
struct Facts {
    number: Number,
    /// What arrived.
    amount: Money,
    /// What is still to come.
    rest: Money,
    currency: String,
    link: String,
}

#[derive(Template)]
#[template(path = "mail/remittance_credited_subject.txt")]
struct CreditedSubject<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/remittance_credited.txt")]
struct CreditedText<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/remittance_credited.html")]
struct CreditedHtml<'a> {
    facts: &'a Facts,
}

/// All of it is in the wallet.
pub(super) fn credited(ctx: &Context, target: &Target, amount: Money, to: &Reader) -> Result<Mail, askama::Error> {
    let facts = &facts(ctx, target, amount, Money::ZERO);
    let words =
        (CreditedSubject { facts }.render()?, CreditedText { facts }.render()?, CreditedHtml { facts }.render()?);
    Ok(written("remittance_credited", to, words))
}

#[derive(Template)]
#[template(path = "mail/remittance_part_subject.txt")]
struct PartSubject<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/remittance_part.txt")]
struct PartText<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/remittance_part.html")]
struct PartHtml<'a> {
    facts: &'a Facts,
}

/// A part of the amount arrived and is reserved.
pub(super) fn part(
    ctx: &Context,
    target: &Target,
    amount: Money,
    rest: Money,
    to: &Reader,
) -> Result<Mail, askama::Error> {
    let facts = &facts(ctx, target, amount, rest);
    let words = (PartSubject { facts }.render()?, PartText { facts }.render()?, PartHtml { facts }.render()?);
    Ok(written("remittance_part", to, words))
}

#[derive(Template)]
#[template(path = "mail/balance_credited_subject.txt")]
struct BalanceSubject<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/balance_credited.txt")]
struct BalanceText<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/balance_credited.html")]
struct BalanceHtml<'a> {
    facts: &'a Facts,
}

/// No top-up takes the money, so it is in the balance.
pub(super) fn balance(ctx: &Context, target: &Target, amount: Money, to: &Reader) -> Result<Mail, askama::Error> {
    let facts = &facts(ctx, target, amount, Money::ZERO);
    let words = (BalanceSubject { facts }.render()?, BalanceText { facts }.render()?, BalanceHtml { facts }.render()?);
    Ok(written("balance_credited", to, words))
}

#[derive(Template)]
#[template(path = "mail/credit_undone_subject.txt")]
struct UndoneSubject<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/credit_undone.txt")]
struct UndoneText<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/credit_undone.html")]
struct UndoneHtml<'a> {
    facts: &'a Facts,
}

/// Money that was credited to the account was not meant for it.
/// `left` is what else arrived for the top-up and is reserved again.
pub(super) fn undone(
    ctx: &Context,
    (target, left): (&Target, Money),
    amount: Money,
    to: &Reader,
) -> Result<Mail, askama::Error> {
    let facts = &facts(ctx, target, amount, left);
    let words = (UndoneSubject { facts }.render()?, UndoneText { facts }.render()?, UndoneHtml { facts }.render()?);
    Ok(written("credit_undone", to, words))
}

/// The same of money that came by the permanent reference.
pub(super) fn undone_permanent(
    ctx: &Context,
    account: &Permanent,
    amount: Money,
    to: &Reader,
) -> Result<Mail, askama::Error> {
    let facts = &of_account(ctx, account, amount);
    let words = (UndoneSubject { facts }.render()?, UndoneText { facts }.render()?, UndoneHtml { facts }.render()?);
    Ok(written("credit_undone", to, words))
}

#[derive(Template)]
#[template(path = "mail/money_sent_back_subject.txt")]
struct SentBackSubject<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/money_sent_back.txt")]
struct SentBackText<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/money_sent_back.html")]
struct SentBackHtml<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/money_held_subject.txt")]
struct HeldSubject<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/money_held.txt")]
struct HeldText<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/money_held.html")]
struct HeldHtml<'a> {
    facts: &'a Facts,
}

/// What becomes of money before it is credited, or instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// It goes back to who sent it.
    SentBack,
    /// A person looks at it first.
    Held,
}

/// The same of money that named a top-up and of money that came by the permanent reference.
pub(super) fn news(
    ctx: &Context,
    payee: &Payee,
    (amount, currency): (Money, &str),
    news: News,
    to: &Reader,
) -> Result<Mail, askama::Error> {
    let facts = match payee {
        Payee::TopUp(target) => facts(ctx, target, amount, Money::ZERO),
        Payee::Account(account) => of_account(ctx, account, amount),
    };
    // It may have come in another currency than the reference is in.
    let facts = &Facts { currency: currency.to_string(), ..facts };
    Ok(match news {
        News::SentBack => {
            let words = (SentBackSubject { facts }.render()?, SentBackText { facts }.render()?);
            written("money_sent_back", to, (words.0, words.1, SentBackHtml { facts }.render()?))
        }
        News::Held => {
            let words = (HeldSubject { facts }.render()?, HeldText { facts }.render()?);
            written("money_held", to, (words.0, words.1, HeldHtml { facts }.render()?))
        }
    })
}

#[derive(Template)]
#[template(path = "mail/permanent_credited_subject.txt")]
struct PermanentSubject<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/permanent_credited.txt")]
struct PermanentText<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/permanent_credited.html")]
struct PermanentHtml<'a> {
    facts: &'a Facts,
}

/// It carried the permanent reference, so it is in the balance.
pub(super) fn permanent(ctx: &Context, account: &Permanent, amount: Money, to: &Reader) -> Result<Mail, askama::Error> {
    let facts = &of_account(ctx, account, amount);
    let words =
        (PermanentSubject { facts }.render()?, PermanentText { facts }.render()?, PermanentHtml { facts }.render()?);
    Ok(written("permanent_credited", to, words))
}

fn of_account(ctx: &Context, account: &Permanent, amount: Money) -> Facts {
    Facts {
        number: account.number.clone(),
        amount,
        rest: Money::ZERO,
        currency: account.currency.clone(),
        link: format!("{}/account/payers", ctx.base_url),
    }
}

fn facts(ctx: &Context, target: &Target, amount: Money, rest: Money) -> Facts {
    Facts {
        number: target.number.clone(),
        amount,
        rest,
        currency: target.currency.clone(),
        link: format!("{}/account/remittances/{}", ctx.base_url, target.number.as_str()),
    }
}

fn written(kind: &'static str, to: &Reader, (subject, text, html): (String, String, String)) -> Mail {
    Mail {
        person_id: Some(to.id),
        kind,
        address: to.address.clone(),
        subject: subject.trim().to_string(),
        text,
        html,
        holds_code: false,
    }
}
