# add_sharded_test(<name> <target> <shards>): a GoogleTest program as several tests that run side by side, each of which
# leaves a report that scripts/test.mjs counts.
function(add_sharded_test name target shards)
  math(EXPR last "${shards} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}.${shard}
      COMMAND ${target} --gtest_brief=1 --gtest_output=json:${CMAKE_BINARY_DIR}/reports/${name}.${shard}.json)
    set_tests_properties(${name}.${shard} PROPERTIES
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()
