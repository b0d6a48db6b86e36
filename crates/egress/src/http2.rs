//! HTTP/2 towards upstreams (RFC 9113): hyper's client, one connection for each upstream and thread.

mod answer_body;
mod connections;
mod request;
mod sent_body;

pub(crate) use answer_body::AnswerBody;
pub(crate) use connections::Connections;
pub(crate) use request::Http2Request;

#[cfg(test)]
mod tests;
