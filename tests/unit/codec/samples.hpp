// Sound packets, their bytes written down by hand from the specification.
#pragma once
#include <ostream>
#include <string>
#include <vector>

#include "codec/any_packet.hpp"
#include "codec/octets.hpp"

namespace wsmq::test {

struct Sample {
    const char* name;
    Version version;
    const char* notation;  ///< for octets()
    AnyPacket packet;      ///< what it says
};

/// What GoogleTest shows of a sample.
inline void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.notation; }

/// Every packet type in every version that has it, in its short and in its long forms.
const std::vector<Sample>& samples();

}  // namespace wsmq::test
