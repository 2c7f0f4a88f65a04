//! The measure of all ratios: actix alone, one route, five bytes.

use actix_web::{App, HttpServer, web};

/// Serves until it is ended.
pub fn serve(address: &str) -> std::io::Result<()> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    actix_web::rt::System::new().block_on(async {
        HttpServer::new(|| App::new().route("/", web::get().to(async || "hello")))
            .workers(workers)
            .tcp_nodelay(true)
            .bind(address)?
            .run()
            .await
    })
}
