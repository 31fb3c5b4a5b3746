#include "webapp_layer.hpp"

#include <array>
#include <utility>

#include "cells.hpp"
#include "connection.hpp"
#include "layer_boundary.hpp"

extern "C" {
bool wsmq_layer_event(wsmq::wasm::Connection* connection, const void* row);
}

namespace wsmq::wasm {

namespace {

namespace events = messaging;

using Row = std::array<std::uint32_t, layer_row_cells>;

template <class Number> std::uint32_t number(Number value) { return static_cast<std::uint32_t>(value); }
template <class Number> std::uint64_t wide(Number value) { return static_cast<std::uint64_t>(value); }

// Each returns the kind of the row.

LayerEvent fill(Row&, const NeedInput&) { return LayerEvent::none; }
LayerEvent fill(Row&, const events::Left&) { return LayerEvent::none; }
LayerEvent fill(Row&, const events::Joined&) { return LayerEvent::joined; }
LayerEvent fill(Row& row, const events::JoinFailed& failed) {
    row[JoinFailedRow::error] = number(failed.why);
    row[JoinFailedRow::reason] = number(failed.reason);
    return LayerEvent::join_failed;
}
LayerEvent fill(Row& row, const events::Response& response) {
    put_integer(row, ResponseRow::request, wide(response.id));
    put(row, ResponseRow::value, response.result);
    put(row, ResponseRow::content_type, response.content_type);
    return LayerEvent::response;
}
LayerEvent fill(Row& row, const events::RequestFailed& failed) {
    put_integer(row, RequestFailedRow::request, wide(failed.id));
    put_integer(row, RequestFailedRow::code, wide(failed.code));
    row[RequestFailedRow::error] = number(failed.why);
    put(row, RequestFailedRow::message, failed.message);
    put(row, RequestFailedRow::data, failed.data);
    return LayerEvent::request_failed;
}
LayerEvent fill(Row& row, const events::Progress& progress) {
    put_integer(row, ProgressRow::request, wide(progress.id));
    put(row, ProgressRow::value, progress.value);
    return LayerEvent::progress;
}
LayerEvent fill(Row& row, const events::Request& request) {
    put_integer(row, RequestRow::call, wide(request.id));
    row[RequestRow::is_notification] = request.is_notification;
    put(row, RequestRow::from, request.from);
    put(row, RequestRow::method, request.method);
    put(row, RequestRow::value, request.params);
    put(row, RequestRow::content_type, request.content_type);
    put(row, RequestRow::traceparent, request.traceparent);
    return LayerEvent::request;
}
LayerEvent fill(Row& row, const events::RequestEnded& ended) {
    put_integer(row, RequestEndedRow::call, wide(ended.id));
    row[RequestEndedRow::error] = number(ended.why);
    return LayerEvent::request_ended;
}
LayerEvent fill(Row& row, const events::CreditGranted& granted) {
    put_integer(row, CreditGrantedRow::call, wide(granted.id));
    return LayerEvent::credit_granted;
}
LayerEvent fill(Row& row, const events::PeerMessage& message) {
    put(row, PeerMessageRow::from, message.from);
    put(row, PeerMessageRow::body, message.body);
    put(row, PeerMessageRow::content_type, message.content_type);
    return LayerEvent::peer_message;
}
LayerEvent fill(Row& row, const events::RoomMessage& message) {
    put(row, RoomMessageRow::room, message.room);
    put(row, RoomMessageRow::from, message.from);
    put(row, RoomMessageRow::body, message.body);
    put(row, RoomMessageRow::content_type, message.content_type);
    return LayerEvent::room_message;
}
LayerEvent fill(Row& row, const events::PresenceChanged& changed) {
    put_integer(row, PresenceChangedRow::since, wide(changed.since));
    row[PresenceChangedRow::change] = number(changed.change);
    put(row, PresenceChangedRow::uid, changed.uid);
    put(row, PresenceChangedRow::state, changed.state);
    put(row, PresenceChangedRow::tabs, changed.tabs);
    return LayerEvent::presence_changed;
}
LayerEvent fill(Row& row, const events::DeviceStatus& device) {
    put(row, DeviceStatusRow::serial_number, device.serial_number);
    put(row, DeviceStatusRow::status, device.status);
    return LayerEvent::device_status;
}
LayerEvent fill(Row& row, const events::ServiceChanged& changed) {
    row[ServiceChangedRow::online] = changed.online;
    put(row, ServiceChangedRow::service, changed.service);
    put(row, ServiceChangedRow::instance, changed.instance);
    put(row, ServiceChangedRow::record, changed.record);
    return LayerEvent::service_changed;
}
LayerEvent fill(Row& row, const events::Renamed& renamed) {
    put(row, RenamedRow::uid, renamed.uid);
    return LayerEvent::renamed;
}

}  // namespace

Errc WebappLayer::prepare(ConnectOptions& options) {
    auto prepared = messaging::Webapp::connect_options(std::move(options), options_);
    if (!prepared) return Errc::invalid_argument;
    options = std::move(*prepared);
    return Errc::none;
}

bool WebappLayer::handle(const Event& event, TimePoint now) {
    const bool is_own = webapp_ && webapp_->handle(event, now);
    // A message for the application changes nothing for the layer.
    has_news_ = is_own || (webapp_ && !std::holds_alternative<Message>(event));
    return is_own;
}

void WebappLayer::handle_timeout(TimePoint now) {
    if (webapp_) webapp_->handle_timeout(now);
}

std::optional<TimePoint> WebappLayer::next_deadline() const {
    return webapp_ ? webapp_->next_deadline() : std::nullopt;
}

bool WebappLayer::take_event(TimePoint now) {
    if (!webapp_) return false;
    event_ = webapp_->next_event(now);
    return !std::holds_alternative<NeedInput>(event_);
}

bool WebappLayer::hand_over() {
    Row row{};
    row[0] = number(std::visit([&row](const auto& event) { return fill(row, event); }, event_));
    return wsmq_layer_event(&connection_, row.data());
}

}  // namespace wsmq::wasm
