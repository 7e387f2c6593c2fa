#include "tools/forge/route.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe::forge;

BOOST_AUTO_TEST_SUITE(route_test)

BOOST_AUTO_TEST_CASE(each_service_is_found_with_and_without_dot_git) {
  const std::string oid(64, 'a');
  for (const std::string suffix : {"", ".git"}) {
    for (const std::string name : {"acme/model", "datasets/acme/data", "bert"}) {
      const std::string base = "/" + name + suffix;
      BOOST_TEST_CONTEXT(base) {
        BOOST_CHECK(parse_route(base + "/info/refs?service=git-upload-pack").service == service::info_refs);
        BOOST_CHECK(parse_route(base + "/git-upload-pack").service == service::upload_pack);
        BOOST_CHECK(parse_route(base + "/git-receive-pack").service == service::receive_pack);
        BOOST_CHECK(parse_route(base + "/info/lfs/objects/batch").service == service::lfs_batch);
        BOOST_CHECK(parse_route(base + "/info/lfs/verify").service == service::lfs_verify);
        const route object = parse_route(base + "/info/lfs/objects/" + oid);
        BOOST_CHECK(object.service == service::lfs_object);
        BOOST_TEST(object.repository == name);
        BOOST_TEST(object.oid == oid);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(each_host_s_place_of_an_object_is_found) {
  const std::string oid(64, 'a');
  struct row {
    std::string path;
    service what;
    std::string number;
  };
  for (const row& each : {row{"/acme/model.git/info/lfs/objects/" + oid + "/7", service::lfs_object, "7"},
                          row{"/acme/model.git/gitlab-lfs/objects/" + oid, service::lfs_object, ""},
                          row{"/acme/model.git/gitlab-lfs/objects/" + oid + "/7", service::lfs_object, "7"},
                          row{"/acme/model.git/info/lfs/multipart/" + oid + "?call=init", service::lfs_parts, ""},
                          row{"/part/acme/model/numbered/" + oid + "/3", service::cdn_part, "3"},
                          row{"/api/v1/repos/models/acme/model/blobs/" + oid + "/7", service::cdn_store, "7"}}) {
    const route to = parse_route(each.path);
    BOOST_TEST_CONTEXT(each.path) {
      BOOST_CHECK(to.service == each.what);
      BOOST_TEST(to.repository == "acme/model");
      BOOST_TEST(to.oid == oid);
      BOOST_TEST(to.number == each.number);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_query_is_apart) {
  const route to = parse_route("/acme/model/info/refs?service=git-upload-pack");

  BOOST_TEST(to.repository == "acme/model");
  BOOST_TEST(to.query == "service=git-upload-pack");
}

BOOST_AUTO_TEST_CASE(a_cdn_blob_names_repository_and_object) {
  const route to = parse_route("/blob/datasets/acme/data/abc?expires=1&signature=2");

  BOOST_CHECK(to.service == service::cdn_blob);
  BOOST_TEST(to.repository == "datasets/acme/data");
  BOOST_TEST(to.oid == "abc");
}

BOOST_AUTO_TEST_CASE(nothing_leads_out_of_the_root) {
  for (const char* target :
       {"/../secret/info/refs", "/acme/../../x/git-upload-pack", "//git-upload-pack", "/acme//x/git-upload-pack",
        "/.git/git-upload-pack", "/a/b/c/d/git-upload-pack", "/acme/mo%2fdel/git-upload-pack", "/git-upload-pack",
        "/blob/../x/abc", "/blob/abc", "/", "", "/acme/model", "/acme/model/info/lfs/locks/verify"}) {
    BOOST_TEST_CONTEXT(target) BOOST_CHECK(parse_route(target).service == service::unknown);
  }
}

BOOST_AUTO_TEST_SUITE_END()
