# One static library per folder of src/, one test program per folder, and the warnings every
# target of ours is built with.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
include(GoogleTest)

add_library(backstop_flags INTERFACE)
target_include_directories(backstop_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(backstop_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  -fstack-protector-strong -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlaps in std::string's own assignment that cannot be (GCC bug 105651).
  target_compile_options(backstop_flags INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 calls its own deprecated get_temporary_buffer in std::stable_sort.
  target_compile_options(backstop_flags INTERFACE -Wno-deprecated-declarations)
  # Tables of words are sorted by the compiler; GCC allows it as many steps by itself.
  target_compile_options(backstop_flags INTERFACE -fconstexpr-steps=33554432)
endif()
target_compile_definitions(backstop_flags INTERFACE BACKSTOP_VERSION="${PROJECT_VERSION}")
if(BACKSTOP_SANITIZE)
  target_compile_options(backstop_flags INTERFACE -fsanitize=${BACKSTOP_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(backstop_flags INTERFACE -fsanitize=${BACKSTOP_SANITIZE} -fno-sanitize-recover=all)
else()
  target_compile_definitions(backstop_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
if(BACKSTOP_FUZZERS)
  target_compile_options(backstop_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(backstop_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# backstop_library(NAME LINKS...): NAME is the folder with '_' for '/', as core_mail. Takes every
# *.cc of the folder; *_test.cc become the program NAME_test, which may link TEST_LINKS as well.
function(backstop_library name)
  cmake_parse_arguments(ARG "" "" "LINKS;TEST_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${ARG_LINKS} PRIVATE backstop_flags)
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARG_LINKS})
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
  endif()
  if(tests)
    backstop_test(${name}_test SOURCES ${tests} LINKS ${name} ${ARG_TEST_LINKS})
  endif()
endfunction()

# backstop_hot_library(NAME): runs for every message there is, so release builds try harder.
function(backstop_hot_library name)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release,RelWithDebInfo>:-O3>)
endfunction()

# backstop_test(NAME SOURCES... LINKS...): a GoogleTest program whose cases ctest runs one by one,
# from the root of the source tree.
function(backstop_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gtest GTest::gmock GTest::gtest_main backstop_flags)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTIES TIMEOUT 600)
endfunction()
