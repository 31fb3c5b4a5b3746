// Our own record, where the queue has no room for it: without it nobody would know of us, so it is published when there
// is room.
#pragma once
#include "layer/context.hpp"

namespace wsmq::messaging {

class OwedRecord {
public:
    explicit OwedRecord(Context& context) noexcept : context_{context} {}

    /// What came of publishing it. Error::none: it is published, or take() will say when to try again.
    Error note(Error error, Purpose purpose) {
        if (error != Error::queue_full) return error;
        // The first one may be what joining waits for.
        if (!context_.timers.is_set(Timer::owed_record)) purpose_ = purpose;
        context_.timers.set(Timer::owed_record, context_.now + pause);
        return Error::none;
    }
    /// What for, once, when it is time to try again.
    [[nodiscard]] std::optional<Purpose> take() noexcept {
        return context_.timers.expired(Timer::owed_record, context_.now) ? std::optional{purpose_} : std::nullopt;
    }
    void cancel() noexcept { context_.timers.stop(Timer::owed_record); }

private:
    static constexpr Duration pause{1'000};
    Context& context_;
    Purpose purpose_ = Purpose::nothing;
};

}  // namespace wsmq::messaging
