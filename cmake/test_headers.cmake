# wsmq_precompile(<target>): the headers that cost a program of tests most, those of GoogleTest, are compiled once. For wasm
# always; natively with WSMQ_PRECOMPILE, because ccache finds no object again whose source has such headers.
function(wsmq_precompile target)
  if(EMSCRIPTEN OR WSMQ_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE <gtest/gtest.h> <gmock/gmock.h>)
  endif()
endfunction()
