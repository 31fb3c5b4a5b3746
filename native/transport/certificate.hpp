// Describes a certificate for people, in short printable ASCII whatever the certificate contains.
#pragma once
#include <openssl/x509.h>

#include <string>

namespace wsmq::native {

/// For example "CN = broker.example, O = Example".
[[nodiscard]] std::string subject(X509*);
/// The host names and addresses of its subjectAltName; the subject does not count (RFC 9525, 2). Empty where none.
[[nodiscard]] std::string names(X509*);
/// "from <time> to <time>".
[[nodiscard]] std::string validity(X509*);

}  // namespace wsmq::native
