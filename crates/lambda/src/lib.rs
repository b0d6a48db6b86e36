//! Lambda functions: the events they get, how they are invoked, and what their answers mean
//! (spec/http-api-runtime.md section 6).
//!
//! A function is called by Lambda's Invoke API over the gateway's own way out, so that the address
//! guard, the pools and the metrics are those of every upstream (docs/adr/0006).

mod answer;
mod event;
mod event_stream;
mod function;
mod prelude;

pub use answer::{AnswerFault, answer, streamed_answer};
pub use event::{Authorizer, AuthorizerCall, EventSource, Signer, authorizer_event, event};
pub use event_stream::FrameError;
pub use function::{
    CallHead, Function, Invocation, InvokeError, InvokeFailure, PreparedInvocation, StreamFault,
    StreamedBody, StreamedHead, StreamedInvocation,
};
pub use prelude::PreludeFault;
