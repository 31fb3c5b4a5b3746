// Storage of the session state that outlives the client (MQTT 5.0, 4.1).
#pragma once
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "wsmq/error.hpp"
#include "wsmq/export.hpp"
#include "wsmq/reason_code.hpp"
#include "wsmq/types.hpp"

namespace wsmq {

/// What a record holds. The number of a record is unique within its kind.
enum class StoreKind : std::uint8_t {
    outgoing = 1,  ///< a PUBLISH (or its PUBREL), numbered in the order of publishing
    received = 2,  ///< the packet identifier of a QoS 2 message that was delivered but not released
};

struct StoreKey {
    StoreKind kind{};
    std::uint64_t number = 0;
    friend auto operator<=>(const StoreKey&, const StoreKey&) = default;
};

/// The client keeps the state in memory and writes every change through to the store; it reads the store once, in its
/// constructor. The functions are called from within the client's own, one at a time, and must not call the client. A
/// store may write later and in batches; its documentation states what it guarantees.
class WSMQ_EXPORT Store {
public:
    virtual ~Store() = default;

    /// Inserts or replaces; the record is valid during the call. False where it could not be stored: delivery continues
    /// from memory.
    virtual bool put(StoreKey, Bytes record) = 0;
    virtual void erase(StoreKey) = 0;
    /// How the exchange of an outgoing message ended, whose erase() follows: the client's error, else the broker's
    /// reason.
    virtual void finished(StoreKey, Errc, ReasonCode) {}
    /// Removes all records: the session ended.
    virtual void clear() = 0;

    class WSMQ_EXPORT Visitor {
    public:
        virtual ~Visitor() = default;
        /// `age`: how long ago the record was put, for stores that outlive the process; it counts against the Message
        /// Expiry Interval in the record.
        virtual void visit(StoreKey, Bytes record, Duration age = {}) = 0;
    };
    /// In ascending order of the keys. The visitor does not change the store.
    virtual void for_each(Visitor&) const = 0;

    /// For stores that write later than the client could send: whether a crash may leave behind an older form of this
    /// record, or none. A QoS 2 message, and then its PUBREL, are sent when that is over, which Client::handle_stored()
    /// says: or else a crash would double the message, or leave half an exchange at the broker.
    [[nodiscard]] virtual bool is_behind(StoreKey) const noexcept { return false; }
};

/// The topic of an outgoing record; empty where it has none any more. A view into the record.
[[nodiscard]] WSMQ_EXPORT std::string_view stored_topic(Bytes record) noexcept;

/// Keeps a session across client objects of one process. Costs a copy of each message. Keeps no times: the time between
/// two client objects does not count against Message Expiry Intervals.
class WSMQ_EXPORT MemoryStore final : public Store {
public:
    bool put(StoreKey, Bytes record) override;
    void erase(StoreKey) override;
    void clear() override;
    void for_each(Visitor&) const override;
    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

private:
    std::map<StoreKey, std::vector<std::uint8_t>> records_;
};

}  // namespace wsmq
