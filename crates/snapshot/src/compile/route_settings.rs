//! A route's settings: its own, and where they are silent the stage's defaults.

use gatewright_types::{RouteSettings, Stage, limits};

use crate::ThrottlePlan;

/// `routeSettings` of a route over `defaultRouteSettings`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings<'s> {
    own: Option<&'s RouteSettings>,
    defaults: &'s RouteSettings,
}

impl<'s> Settings<'s> {
    pub(super) fn of(stage: &'s Stage, route_key: &str) -> Self {
        Self { own: stage.route_settings.get(route_key), defaults: &stage.default_route_settings }
    }

    /// `detailedMetricsEnabled` (`http-api-metrics`).
    pub(super) fn detailed_metrics(self) -> bool {
        self.member(|settings| settings.detailed_metrics_enabled).unwrap_or(false)
    }

    /// Throttling (`http-api-throttling`; spec/http-api-runtime.md section 11).
    pub(super) fn throttle(self) -> Option<ThrottlePlan> {
        let rate = self.member(|settings| settings.throttling_rate_limit);
        let burst = self.member(|settings| settings.throttling_burst_limit);
        match (rate, burst) {
            (None, None) => None,
            // AWS fills in what an account has.
            (rate, burst) => Some(ThrottlePlan {
                rate: rate.unwrap_or(limits::ACCOUNT_RATE),
                burst: burst.unwrap_or(limits::ACCOUNT_BURST),
            }),
        }
    }

    fn member<T>(self, member: impl Fn(&RouteSettings) -> Option<T>) -> Option<T> {
        self.own.and_then(&member).or_else(|| member(self.defaults))
    }
}
