//! The methods of the service. What one returns is the response.

use std::time::Duration;

use serde_json::{json, Value};

use crate::calls::{Call, RpcError};

const MOST_STEPS: u64 = i32::MAX as u64;
const LONGEST_DELAY: f64 = 1e9; // ms

pub const NAMES: [&str; 5] = ["echo", "sum", "slow", "fail", "devices.list"];

/// `sent` counts the items of a stream.
pub async fn call(call: &Call, sent: &mut u64) -> Result<Value, RpcError> {
    match call.method.as_str() {
        "echo" => Ok(call.params.clone().unwrap_or_default()),
        "sum" => sum(call),
        "slow" => slow(call, sent).await,
        "fail" => Err(fail(call)),
        "devices.list" => Ok(devices(call.user())),
        unknown => Err(RpcError::new(-32601, format!("There is no method {unknown}"))),
    }
}

fn invalid(message: &str) -> RpcError {
    RpcError::new(-32602, message)
}

fn sum(call: &Call) -> Result<Value, RpcError> {
    let terms = call.params.as_ref().and_then(Value::as_array);
    let total = terms.and_then(|terms| terms.iter().map(Value::as_f64).sum::<Option<f64>>());
    // Rust's sum of nothing is -0.0; JSON has no infinite number.
    total
        .map(|total| total + 0.0)
        .filter(|total| total.is_finite())
        .map(Value::from)
        .ok_or_else(|| invalid("sum takes an array of numbers"))
}

async fn slow(call: &Call, sent: &mut u64) -> Result<Value, RpcError> {
    let params = call.params.clone().unwrap_or(json!({}));
    let steps = params.get("steps").map_or(Some(5), Value::as_u64).filter(|steps| *steps <= MOST_STEPS);
    let milliseconds = params.get("delay").map_or(Some(500.0), Value::as_f64);
    let delay = milliseconds.filter(|delay| (0.0..=LONGEST_DELAY).contains(delay));
    let delay = delay.map(|delay| Duration::from_secs_f64(delay / 1000.0));
    let (true, Some(steps), Some(delay)) = (params.is_object(), steps, delay) else {
        return Err(invalid("slow takes {steps, delay}, delay in milliseconds"));
    };
    for step in 1..=steps {
        tokio::time::sleep(delay).await;
        call.progress(step, sent).await?;
    }
    Ok(steps.into())
}

fn fail(call: &Call) -> RpcError {
    let params = call.params.clone().unwrap_or(json!({}));
    let code = params.get("code").map_or(Some(1), Value::as_i64);
    let message = params.get("message").map_or(Some("failed on request"), Value::as_str);
    match (params.is_object(), code, message) {
        (true, Some(code), Some(message)) => {
            RpcError { code, message: message.into(), data: params.get("data").cloned() }
        }
        _ => invalid("fail takes {code, message, data}"),
    }
}

fn devices(user: &str) -> Value {
    match user {
        "acme:ann" => json!(["SN-1001", "SN-1002"]),
        "acme:bob" => json!(["SN-2001"]),
        _ => json!([]),
    }
}
