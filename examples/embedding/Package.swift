// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
  name: "Host",
  dependencies: [.package(name: "Thresh", path: "../..")],
  targets: [
    .executableTarget(
      name: "Host", dependencies: [.product(name: "ThreshKit", package: "Thresh")])
  ])
