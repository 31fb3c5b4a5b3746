#include "webapp_layer.hpp"

#include <array>
#include <type_traits>
#include <utility>

#include "connection.hpp"

extern "C" {
bool wsmq_layer_event(wsmq::wasm::Connection* connection, const void* cells);
}

namespace wsmq::wasm {

namespace {

namespace events = patterns;

/// glue/webapp.js has the same numbers, which are places in patterns::Event.
constexpr std::size_t most_views = 5;

/// One event as JavaScript reads it: the kind; two numbers of two cells each, the low one first; a small number; texts
/// as address and size.
class Cells {
public:
    explicit Cells(std::size_t kind) { cells_[0] = static_cast<std::uint32_t>(kind); }

    template <class Number> Cells& first(Number number) { return put(1, static_cast<std::uint64_t>(number)); }
    template <class Number> Cells& second(Number number) { return put(3, static_cast<std::uint64_t>(number)); }
    template <class Number> Cells& small(Number number) {
        cells_[5] = static_cast<std::uint32_t>(number);
        return *this;
    }
    template <class... Texts> Cells& texts(const Texts&... texts) {
        static_assert(sizeof...(Texts) <= most_views);
        std::size_t cell = 6;
        ((cells_[cell] = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(texts.data())),
          cells_[cell + 1] = static_cast<std::uint32_t>(texts.size()), cell += 2),
         ...);
        return *this;
    }
    [[nodiscard]] const void* data() const noexcept { return cells_.data(); }

private:
    Cells& put(std::size_t cell, std::uint64_t number) {
        cells_[cell] = static_cast<std::uint32_t>(number);
        cells_[cell + 1] = static_cast<std::uint32_t>(number >> 32);
        return *this;
    }

    std::array<std::uint32_t, 6 + 2 * most_views> cells_{};
};

void fill(Cells&, const NeedInput&) {}
void fill(Cells&, const events::Left&) {}
void fill(Cells& cells, const events::Joined& joined) { cells.small(joined.again); }
void fill(Cells& cells, const events::JoinFailed& failed) { cells.first(failed.reason).small(failed.why); }
void fill(Cells& cells, const events::Response& response) {
    cells.first(response.id).texts(response.result, response.content_type);
}
void fill(Cells& cells, const events::RequestFailed& failed) {
    cells.first(failed.id).second(failed.code).small(failed.why).texts(failed.message, failed.data);
}
void fill(Cells& cells, const events::Progress& progress) { cells.first(progress.id).texts(progress.value); }
void fill(Cells& cells, const events::Request& request) {
    cells.first(request.id)
        .small(std::uint32_t{!request.params.empty()} | std::uint32_t{request.is_notification} << 1)
        .texts(request.from, request.method, request.params, request.content_type, request.traceparent);
}
void fill(Cells& cells, const events::RequestEnded& ended) { cells.first(ended.id).small(ended.why); }
void fill(Cells& cells, const events::CreditGranted& granted) { cells.first(granted.id); }
void fill(Cells& cells, const events::PeerMessage& message) {
    cells.texts(message.from, message.body, message.content_type);
}
void fill(Cells& cells, const events::RoomMessage& message) {
    cells.texts(message.room, message.from, message.body, message.content_type);
}
void fill(Cells& cells, const events::PresenceChanged& changed) {
    cells.second(changed.since).small(changed.change).texts(changed.uid, changed.state);
}
void fill(Cells& cells, const events::DeviceStatus& device) {
    cells.small(!device.status.empty()).texts(device.serial_number, device.status);
}
void fill(Cells& cells, const events::ServiceChanged& changed) {
    cells.small(changed.online).texts(changed.service, changed.instance, changed.record);
}
void fill(Cells& cells, const events::Renamed& renamed) { cells.texts(renamed.uid); }

}  // namespace

Errc WebappLayer::prepare(ConnectOptions& options) {
    auto prepared = patterns::Webapp::connect_options(std::move(options), options_);
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
    Cells cells{event_.index()};
    std::visit([&cells](const auto& event) { fill(cells, event); }, event_);
    return wsmq_layer_event(&connection_, cells.data());
}

}  // namespace wsmq::wasm
