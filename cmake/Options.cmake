# Warnings and hardening, linked by every target of ours and by nothing foreign.
add_library(project_options INTERFACE)
target_compile_options(project_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wimplicit-fallthrough -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(project_options INTERFACE -Wno-restrict)  # std::string + char* at -O2 warns falsely, GCC bug 105651
endif()
target_compile_definitions(project_options INTERFACE JSON_USE_IMPLICIT_CONVERSIONS=0)
if(CTL_WERROR)
  target_compile_options(project_options INTERFACE -Werror)
endif()
if(CTL_FAULTS)
  target_compile_definitions(project_options INTERFACE CTL_FAULTS)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(project_options INTERFACE -Wno-maybe-uninitialized)  # g++ 12 takes an optional that was asked for one that was not
  target_compile_options(project_options INTERFACE -fstack-protector-strong)
  target_compile_definitions(project_options INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
endif()
