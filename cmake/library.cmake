# wsmq_library(<target> <component> DESCRIPTION <text> [COMPONENTS <component>...] [FINDS <call>...]
#              [PACKAGES <module>...] [LINKS <flag>...])
#
# Makes a target of sources the library wsmq::<component>: its public headers are in include/, what they mark with
# WSMQ_EXPORT is all that a shared library shows, and it is installed for CMake and for pkg-config.
#   COMPONENTS  the other libraries of ours that it stands on
#   FINDS       what find_dependency() is called with for whoever links to it, as in "Boost 1.74"
#   PACKAGES    the pkg-config modules that it stands on, beside ours
#   LINKS       further flags for a linker that follows pkg-config
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(wsmq_config_directory "${CMAKE_INSTALL_LIBDIR}/cmake/websocket-mq")
# Until 1.0 a minor version may change anything.
set(wsmq_soversion "${PROJECT_VERSION_MAJOR}")
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(wsmq_soversion "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
endif()

# All that can be installed.
add_custom_target(wsmq_libraries)

function(wsmq_library target component)
  cmake_parse_arguments(PARSE_ARGV 2 wsmq "" "DESCRIPTION" "COMPONENTS;FINDS;PACKAGES;LINKS")
  add_dependencies(wsmq_libraries ${target})
  add_library(wsmq::${component} ALIAS ${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${component}
    LINKER_LANGUAGE CXX
    VERSION ${PROJECT_VERSION}
    SOVERSION ${wsmq_soversion}
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    # Its libraries lie beside it, wherever that is.
    INSTALL_RPATH "$ORIGIN")
  if(NOT EMSCRIPTEN)
    # A static library may become part of somebody's shared one. And then both are the same objects, compiled once.
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON DEFINE_SYMBOL "")
    target_compile_options(${target} PRIVATE -fno-semantic-interposition)
  endif()
  if(WSMQ_UNITY)
    wsmq_unity(${target})
  endif()
  if(WSMQ_INSTALL)
    wsmq_install_library()
  endif()
endfunction()

# Compiles the sources of a folder together: most of the time goes into the headers. Those that are to be left out have the
# property SKIP_UNITY_BUILD_INCLUSION.
function(wsmq_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME folder)
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${folder}")
  endforeach()
endfunction()

# With the variables of wsmq_library().
function(wsmq_install_library)
  install(TARGETS ${target} EXPORT websocket-mq-${component} COMPONENT ${component})
  install(DIRECTORY include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT ${component} FILES_MATCHING PATTERN *.hpp)
  install(EXPORT websocket-mq-${component} NAMESPACE wsmq:: FILE websocket-mq-${component}-targets.cmake
    DESTINATION "${wsmq_config_directory}" COMPONENT ${component})

  list(TRANSFORM wsmq_FINDS REPLACE "(.+)" "find_dependency(\\1)" OUTPUT_VARIABLE dependencies)
  list(JOIN dependencies "\n" dependencies)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/component.cmake.in" websocket-mq-${component}.cmake @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/websocket-mq-${component}.cmake"
    DESTINATION "${wsmq_config_directory}" COMPONENT ${component})

  list(TRANSFORM wsmq_COMPONENTS PREPEND wsmq- OUTPUT_VARIABLE modules)
  # What a shared library needs it knows itself; who links to a static one has to name it.
  get_target_property(type ${target} TYPE)
  set(links "")
  set(requires_private "")
  set(links_private "")
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND modules ${wsmq_PACKAGES})
    list(JOIN wsmq_LINKS " " links)
  else()
    list(JOIN wsmq_PACKAGES ", " requires_private)
    list(JOIN wsmq_LINKS " " links_private)
  endif()
  list(JOIN modules ", " requires)
  # The prefix is known when somebody installs, and may change then: the file finds it from where it lies.
  file(RELATIVE_PATH prefix_from_here "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/library.pc.in" wsmq-${component}.pc @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/wsmq-${component}.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT ${component})
endfunction()

if(WSMQ_INSTALL)
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/websocket-mq-config.cmake.in" websocket-mq-config.cmake
    INSTALL_DESTINATION "${wsmq_config_directory}" NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(websocket-mq-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/websocket-mq-config.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/websocket-mq-config-version.cmake"
    DESTINATION "${wsmq_config_directory}" COMPONENT core)
endif()
