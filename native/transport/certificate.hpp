// What a certificate says, for people. Whatever it holds, the text is printable ASCII and not long.
#pragma once
#include <openssl/x509.h>

#include <string>

namespace wsmq::native {

/// As in "CN = broker.example, O = Example".
[[nodiscard]] std::string subject(X509*);
/// The hosts and addresses that it is for: those of its subjectAltName alone (RFC 9525, 2). Empty where there are none.
[[nodiscard]] std::string names(X509*);
/// "from <time> to <time>".
[[nodiscard]] std::string validity(X509*);

}  // namespace wsmq::native
