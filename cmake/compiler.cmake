# What every target is compiled with: warnings, and the instrumentation that the preset asks for.

add_library(wsmq_warnings INTERFACE)
target_compile_options(wsmq_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow $<$<BOOL:${WSMQ_DEVELOPER}>:-Werror>)
# GCC 12 sees overlaps in std::string's own operator+ (its bug 105651), and uninitialised members in an empty
# std::optional (its bug 105562).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(wsmq_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()

if(PROJECT_IS_TOP_LEVEL AND NOT EMSCRIPTEN)
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  endif()
endif()

# Instrumentation must be the same in every object of a program, so these are set for all targets.
if(WSMQ_SANITIZE)
  # vptr looks at type information, which the core does without.
  add_compile_options(
    -fsanitize=${WSMQ_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WSMQ_SANITIZE})
  if(WSMQ_SANITIZE STREQUAL "thread")
    # The thread sanitizer knows no fences. Asio's stand beside locks, which it does know.
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
if(WSMQ_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(WSMQ_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
if(EMSCRIPTEN)
  # Exceptions cost 5 to 7 KB and the engine has none; every object must agree, or -flto does not link.
  add_compile_options(-fno-exceptions)
  add_link_options(-fno-exceptions)
endif()
