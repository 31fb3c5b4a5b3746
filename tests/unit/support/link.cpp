#include "support/link.hpp"

#include <algorithm>
#include <sstream>

#include "codec/decode.hpp"
#include "codec/frame.hpp"

namespace wsmq::test {

namespace {

constexpr int most_steps = 100'000;

codec::FrameResult frame_of(Bytes stream) { return codec::read_frame(stream, limits::largest_packet); }

}  // namespace

Link::Link(const ConnectOptions& options, BrokerLimits limits)
    : version_{options.version},
      limits_{limits},
      client_{std::make_unique<Client>(options)},
      broker_{options.version, limits},
      now_{std::chrono::hours{1000}} {}

void Link::replace_client(const ConnectOptions& options) {
    if (open_) broker_.connection_closed();
    open_ = wanted_ = false;
    client_ = std::make_unique<Client>(options);
}

// --- Steps -----------------------------------------------------------------------------------------

void Link::to_broker(std::size_t packets) {
    for (; packets > 0 && !uplink_.empty(); --packets) {
        const Sent sent = uplink_.front();
        uplink_.pop_front();
        broker_.receive(sent.packet, sent.size);
    }
}

void Link::to_client(std::size_t bytes) {
    for (; !broker_.output().empty(); broker_.output().pop_front()) {
        const Block encoded = encode_from_broker(broker_.output().front(), version_);
        downlink_.insert(downlink_.end(), encoded.begin(), encoded.end());
    }
    const auto piece = static_cast<std::ptrdiff_t>(std::min(bytes, downlink_.size()));
    if (open_ && piece == 0 && broker_.hangs_up()) return cut();
    if (!open_ || piece == 0) return;
    const Block chunk(downlink_.begin(), downlink_.begin() + piece);
    downlink_.erase(downlink_.begin(), downlink_.begin() + piece);
    count_acknowledged(chunk);
    client_->receive(chunk, now_);
    settle();
    if (downlink_.empty() && broker_.hangs_up()) cut();
}

void Link::cut() {
    if (!open_) return;
    open_ = false;
    broker_.connection_closed();
    client_->transport_closed(now_);
    settle();
}

bool Link::open() {
    if (!wanted_) return false;
    wanted_ = false;
    open_ = true;
    client_->transport_opened(now_);
    settle();
    return true;
}

void Link::tick() {
    const auto due = client_->next_deadline();
    if (!due) return;
    const std::size_t events = events_;
    now_ = std::max(now_, *due);
    client_->handle_timeout(now_);
    settle();
    if (events_ == events && client_->next_deadline() == due) violations_.emplace_back("a tick that changes nothing");
}

bool Link::is_quiet() const { return open_ && uplink_.empty() && downlink_.empty() && broker_.is_idle(); }

bool Link::advance() {
    if (open()) return true;
    if (is_quiet() && broker_.is_connected() && client_->unfinished_messages() == 0) return false;
    if (uplink_.empty() && downlink_.empty() && broker_.output().empty() && !broker_.hangs_up()) {
        tick();
        return true;
    }
    to_broker(uplink_.size());
    to_client(SIZE_MAX);
    return true;
}

bool Link::run() {
    for (int i = 0; i < most_steps; ++i) {
        if (!advance()) return true;
    }
    return false;
}

// --- The driver ------------------------------------------------------------------------------------

void Link::settle() {
    for (int i = 0; i < most_steps; ++i) {
        const Event event = client_->next_event();
        if (std::holds_alternative<NeedInput>(event)) return take_output();
        handle(event);
    }
    violations_.emplace_back("the events do not end");
}

void Link::handle(const Event& event) {
    ++events_;
    if (std::holds_alternative<OpenTransport>(event)) {
        if (open_) violations_.emplace_back("a transport is open already");
        wanted_ = true;
    } else if (std::holds_alternative<CloseTransport>(event)) {
        take_output();
        // A transport that is closed in order loses nothing that was sent.
        to_broker(SIZE_MAX);
        if (open_) broker_.connection_closed();
        open_ = wanted_ = false;
    } else if (const auto* message = std::get_if<Message>(&event)) {
        received_[static_cast<std::size_t>(message->qos)].push_back(text_of(message->payload));
    } else if (const auto* completed = std::get_if<Completed>(&event)) {
        auto& ending = endings_[completed->id];
        ++ending.times;
        ending.completed = true;
        ending.reason = completed->reason;
    } else if (const auto* failed = std::get_if<Failed>(&event)) {
        auto& ending = endings_[failed->id];
        ++ending.times;
        ending.error = failed->error;
    }
    if (open_) return;
    uplink_.clear();
    downlink_.clear();
    unparsed_.clear();
    unframed_.clear();
    in_flight_.clear();
}

void Link::take_output() {
    Block out;
    while (client_->take_output(out)) {
        ++sends_;
        if (!open_) violations_.emplace_back("output without a transport");
        unparsed_.insert(unparsed_.end(), out.begin(), out.end());
    }
    if (!open_) return unparsed_.clear();
    Bytes rest{unparsed_};
    while (!rest.empty()) {
        const auto frame = frame_of(rest);
        const auto packet = frame.status == codec::FrameResult::Status::complete
                                ? decode_from_client(frame.frame, version_)
                                : std::nullopt;
        if (!packet) {
            violations_.push_back("not a packet of a client: " + hex(rest));
            break;
        }
        count_in_flight(*packet);
        uplink_.push_back({*packet, frame.size});
        rest = rest.subspan(frame.size);
    }
    unparsed_.clear();
}

void Link::count_in_flight(const Packet& sent) {
    const bool counts = (sent.type == PacketType::publish && sent.qos != Qos::at_most_once);
    if (!counts) return;
    std::ostringstream text;
    text << sent;
    if (sent.id == 0) violations_.push_back("packet identifier 0: " + text.str());
    if (!in_flight_.insert(sent.id).second) violations_.push_back("sent twice on one connection: " + text.str());
    if (in_flight_.size() > limits_.receive_maximum) {
        violations_.push_back("over the broker's receive maximum: " + text.str());
    }
}

void Link::count_acknowledged(Bytes received) {
    unframed_.insert(unframed_.end(), received.begin(), received.end());
    Bytes rest{unframed_};
    for (auto frame = frame_of(rest); frame.status == codec::FrameResult::Status::complete; frame = frame_of(rest)) {
        const auto type = frame.frame.type;
        if (type == PacketType::puback || type == PacketType::pubrec || type == PacketType::pubcomp) {
            const auto view = codec::decode_acknowledgement(frame.frame, version_);
            const bool ends = view && (type != PacketType::pubrec || is_failure(view->reason));
            if (ends) in_flight_.erase(view->packet_identifier);
        }
        rest = rest.subspan(frame.size);
    }
    unframed_.erase(unframed_.begin(), unframed_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

}  // namespace wsmq::test
