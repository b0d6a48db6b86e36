//! Throttling of a route: its own settings, and where they are silent the stage's defaults
//! (`http-api-throttling`; spec/http-api-runtime.md section 11).

use gatewright_types::{RouteSettings, Stage, limits};

use crate::ThrottlePlan;

pub(super) fn compile(stage: &Stage, route_key: &str) -> Option<ThrottlePlan> {
    let own = stage.route_settings.get(route_key);
    let defaults = &stage.default_route_settings;
    let rate = setting(own, defaults, |settings| settings.throttling_rate_limit);
    let burst = setting(own, defaults, |settings| settings.throttling_burst_limit);
    match (rate, burst) {
        (None, None) => None,
        // AWS fills in what an account has.
        (rate, burst) => Some(ThrottlePlan {
            rate: rate.unwrap_or(limits::ACCOUNT_RATE),
            burst: burst.unwrap_or(limits::ACCOUNT_BURST),
        }),
    }
}

fn setting<T>(
    own: Option<&RouteSettings>,
    defaults: &RouteSettings,
    member: impl Fn(&RouteSettings) -> Option<T>,
) -> Option<T> {
    own.and_then(&member).or_else(|| member(defaults))
}
