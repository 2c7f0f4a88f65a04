//! What is sold.

use crate::base::types::text_enum;

text_enum! {
    /// The four kinds of product.
    pub enum Category {
        /// Servers.
        Compute = "compute",
        /// Disks, objects, databases, backups.
        Storage = "storage",
        /// Addresses, balancing, delivery.
        Network = "network",
        /// Firewalls, certificates, keys.
        Security = "security",
    }
}

text_enum! {
    /// For how long a price pays.
    pub enum Period {
        /// A calendar month.
        Month = "month",
        /// A year.
        Year = "year",
    }
}

text_enum! {
    /// Where a product stands.
    pub(super) enum State {
        /// Not shown.
        Draft = "draft",
        /// Sold.
        OnSale = "on_sale",
        /// No longer sold; its page stays for those who have it.
        Retired = "retired",
    }
}

/// The first `most` of each category, in the order of the categories; empty ones are left out.
pub(super) fn by_category<T>(all: Vec<T>, most: usize, category: impl Fn(&T) -> Category) -> Vec<(Category, Vec<T>)> {
    let mut groups: Vec<(Category, Vec<T>)> = Category::ALL.iter().map(|one| (*one, Vec::new())).collect();
    for one in all {
        let of = category(&one);
        let shelf = groups.iter_mut().find(|(category, group)| *category == of && group.len() < most);
        if let Some((_, group)) = shelf {
            group.push(one);
        }
    }
    groups.retain(|(_, group)| !group.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_category_shows_its_first() {
        let all = vec![(Category::Network, 1), (Category::Compute, 2), (Category::Network, 3), (Category::Network, 4)];
        let groups = by_category(all, 2, |one| one.0);
        let compute = (Category::Compute, vec![(Category::Compute, 2)]);
        let network = (Category::Network, vec![(Category::Network, 1), (Category::Network, 3)]);
        assert_eq!(groups, [compute, network]);
    }
}
