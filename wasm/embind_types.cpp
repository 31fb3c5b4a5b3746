// What Embind's own library defines, for the few types that binding.cpp uses: the rest of it would be
// 3 KB to ship. The linker takes these instead; CMakeLists.txt says for which versions.
#include <emscripten/bind.h>

#include <limits>

using namespace emscripten;
using namespace emscripten::internal;

namespace {

InitFunc* first_binding = nullptr;

template <class T> void register_integer(const char* name) {
    _embind_register_integer(TypeID<T>::get(), name, sizeof(T), std::numeric_limits<T>::min(),
                             std::numeric_limits<T>::max());
}

}  // namespace

extern "C" {

// For messages about types that are not registered, of which there are none. The caller frees it.
const char* __getTypeName(const std::type_info*) { return nullptr; }

void _embind_initialize_bindings() {
    for (auto* binding = first_binding; binding; binding = binding->next) binding->init_func();
}

void _embind_register_bindings(InitFunc* binding) {
    binding->next = first_binding;
    first_binding = binding;
}

// Of coroutines, which are not used; the linker looks for them all the same.
void _emval_coro_resume(void*, EM_VAL) {}
void _emval_coro_reject(void*, EM_VAL) {}
}

EMSCRIPTEN_BINDINGS(types) {
    _embind_register_bool(TypeID<bool>::get(), "bool", true, false);
    register_integer<int>("int");
    register_integer<unsigned>("unsigned");
    // std::uint32_t is one or the other.
    register_integer<unsigned long>("unsigned long");
    _embind_register_std_string(TypeID<std::string>::get(), "std::string");
}
