# The preset wasm-debug: every target as it is, but with code that can be stepped through and a source map into C++. The
# map holds the sources, because a page's server has dist/ and nothing of core/. The form with the module inside is left
# out: a browser looks for a map beside a file.
foreach(folder core messaging wasm)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(target MATCHES "embedded")
      set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL TRUE)
    elseif(type STREQUAL "EXECUTABLE")
      target_link_options(${target} PRIVATE -O1 -fno-lto -gsource-map=inline)
    elseif(type MATCHES "^(STATIC|OBJECT)_LIBRARY$")
      target_compile_options(${target} PRIVATE -O1 -fno-lto)
    endif()
  endforeach()
endforeach()
