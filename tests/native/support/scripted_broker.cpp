#include "support/scripted_broker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cstring>

namespace wsmq::native::test {

class ScriptedBroker::Wire final : public Transport, public std::enable_shared_from_this<Wire> {
public:
    Wire(ScriptedBroker& broker, std::size_t host) : broker_{broker}, host_{host} { ++broker_.alive_; }
    ~Wire() override { --broker_.alive_; }

    void async_open(OpenHandler handler) override {
        broker_.hosts_.push_back(host_);
        const bool refused = broker_.refusal_ && (!broker_.refused_host_ || *broker_.refused_host_ == host_);
        opened_ = !refused;
        const auto error = refused ? broker_.refusal_ : boost::system::error_code{};
        if (opened_) {
            broker_.model_.connection_closed();  // whatever became of an earlier one
            broker_.wire_ = weak_from_this();
        }
        later([self = shared_from_this(), handler, error] { handler(self->closed_ ? aborted() : error); });
    }
    void async_read_some(boost::asio::mutable_buffer buffer, SizeHandler handler) override {
        ASSERT_FALSE(read_handler_) << "one read at a time";
        ++broker_.reads_;
        buffer_ = buffer;
        read_handler_ = std::move(handler);
        feed();
    }
    void async_write(boost::asio::const_buffer buffer, SizeHandler handler) override {
        ASSERT_FALSE(write_handler_) << "one write at a time";
        ++broker_.writes_;
        write_handler_ = std::move(handler);
        written_ = buffer;
        if (!broker_.writes_held_) finish_write();
    }
    void close() override {
        ++broker_.closings_;
        closed_ = true;
        if (read_handler_) finish_read(aborted(), 0);
        if (write_handler_) fail_write(aborted());
        if (std::exchange(opened_, false) && broker_.wire_.lock().get() == this) broker_.model_.connection_closed();
    }
    [[nodiscard]] std::string failure_detail() const override { return broker_.refusal_detail_; }

    void finish_write() {
        if (!write_handler_) return;
        if (std::exchange(broker_.writes_fail_, false)) return fail_write(boost::asio::error::broken_pipe);
        if (cut_) return fail_write(TransportError::connection_lost);
        const Bytes bytes{static_cast<const std::uint8_t*>(written_.data()), written_.size()};
        broker_.receive(bytes);
        later([handler = std::exchange(write_handler_, nullptr), size = bytes.size()] { handler({}, size); });
    }
    void arrive(Bytes bytes) {
        unread_.insert(unread_.end(), bytes.begin(), bytes.end());
        feed();
    }
    void cut() {
        unread_.clear();
        cut_ = true;
        opened_ = false;
        feed();
    }
    [[nodiscard]] std::size_t unread() const noexcept { return unread_.size(); }

private:
    static boost::system::error_code aborted() { return boost::asio::error::operation_aborted; }
    template <class Do> void later(Do action) { boost::asio::post(broker_.io_, std::move(action)); }
    void feed() {
        if (!read_handler_) return;
        if (unread_.empty()) {
            if (cut_) finish_read(TransportError::connection_lost, 0);
            return;
        }
        const auto size = std::min(unread_.size(), buffer_.size());
        std::memcpy(buffer_.data(), unread_.data(), size);
        unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(size));
        finish_read({}, size);
    }
    void finish_read(boost::system::error_code error, std::size_t size) {
        later([handler = std::exchange(read_handler_, nullptr), error, size] { handler(error, size); });
    }
    void fail_write(boost::system::error_code error) {
        later([handler = std::exchange(write_handler_, nullptr), error] { handler(error, 0); });
    }

    ScriptedBroker& broker_;
    std::size_t host_;
    boost::asio::mutable_buffer buffer_;
    boost::asio::const_buffer written_;
    SizeHandler read_handler_;
    SizeHandler write_handler_;
    std::vector<std::uint8_t> unread_;
    bool opened_ = false;
    bool closed_ = false;
    bool cut_ = false;
};

std::shared_ptr<Transport> ScriptedBroker::make_transport(std::size_t host) {
    return std::make_shared<Wire>(*this, host);
}

void ScriptedBroker::refuse_openings(boost::system::error_code error, std::string detail) {
    refusal_ = error;
    refusal_detail_ = std::move(detail);
    refused_host_.reset();
}

void ScriptedBroker::refuse_openings(std::size_t host, boost::system::error_code error) {
    refusal_ = error;
    refused_host_ = host;
}

void ScriptedBroker::hold_answers(bool held) {
    answers_held_ = held;
    if (!held) pass_on();
}

void ScriptedBroker::hold_writes(bool held) {
    writes_held_ = held;
    const auto wire = wire_.lock();
    if (!held && wire) wire->finish_write();
}

void ScriptedBroker::receive(Bytes bytes) {
    unparsed_.insert(unparsed_.end(), bytes.begin(), bytes.end());
    for (;;) {
        const auto result = codec::read_frame(unparsed_, limits::largest_packet);
        ASSERT_NE(result.status, codec::FrameResult::Status::bad);
        if (result.status == codec::FrameResult::Status::incomplete) break;
        const auto packet = wsmq::test::decode_from_client(result.frame, version_);
        ASSERT_TRUE(packet);
        packets_.push_back(*packet);
        if (!intercept || !intercept(*packet)) model_.receive(*packet, result.size);
        unparsed_.erase(unparsed_.begin(), unparsed_.begin() + static_cast<std::ptrdiff_t>(result.size));
    }
    if (!answers_held_) pass_on();
}

void ScriptedBroker::pass_on() {
    auto& output = model_.output();
    while (!output.empty()) {
        send(output.front());
        output.pop_front();
    }
}

void ScriptedBroker::send(const Packet& packet) {
    if (const auto wire = wire_.lock()) wire->arrive(wsmq::test::encode_from_broker(packet, version_));
}

void ScriptedBroker::publish(const std::string& topic, const std::string& payload, Qos qos) {
    model_.publish(topic, payload, qos);
    if (!answers_held_) pass_on();
}

void ScriptedBroker::cut() {
    unparsed_.clear();
    model_.connection_closed();
    if (const auto wire = wire_.lock()) wire->cut();
}

std::size_t ScriptedBroker::unread_bytes() const noexcept {
    const auto wire = wire_.lock();
    return wire ? wire->unread() : 0;
}

std::size_t ScriptedBroker::count(PacketType type) const {
    return static_cast<std::size_t>(std::ranges::count(packets_, type, &Packet::type));
}

void run_until(boost::asio::io_context& io, const std::function<bool()>& condition, const char* what) {
    constexpr int very_many = 1'000'000;
    io.restart();
    for (int steps = 0; !condition(); ++steps) {
        if (steps == very_many || io.run_one() == 0) {
            FAIL() << "never: " << what;
        }
    }
}

void run_ready(boost::asio::io_context& io) {
    io.restart();
    while (io.poll() != 0) {
    }
}

}  // namespace wsmq::native::test
