//! What happens when something breaks: the process is killed, the relay or the database is away, a wire is cut.

mod books;
mod child;
mod killed;
