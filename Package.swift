// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// Our own code compiles without warnings, in Swift 6 mode.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// `embedded`: files beside the sources that they include or embed.
func cModule(
  _ name: String, _ dependencies: [Target.Dependency] = [], embedded: [String] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: embedded, cSettings: strictC)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "Thresh",
  products: [
    .library(name: "ThreshKit", targets: ["ThreshKit"]),
    .executable(name: "thresh", targets: ["ThreshCLI"]),
    // libThresh.so: `require "thresh"` for a stock Lua 5.4, and thresh.h for programs in C.
    .library(name: "Thresh", type: .dynamic, targets: ["ThreshLibrary"]),
  ],
  targets: [
    // Debian's libraries: module maps, no code.
    .systemLibrary(
      name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    // readline's pkg-config file carries flags that SwiftPM prohibits, so it has none here.
    .systemLibrary(name: "CReadline", providers: [.apt(["libreadline-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CMessageDigest", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

    // C of our own: what Swift cannot do.
    cModule("CInterrupt"),
    cModule("CLuaShim", ["CLua", "CInterrupt"]),
    // C code does not link what a module map names, so the library stands here.
    .target(
      name: "CLineEditor", dependencies: ["CReadline", "CInterrupt"], cSettings: strictC,
      linkerSettings: [.linkedLibrary("readline")]),
    cModule("CThresh", ["CLua"]),
    cModule("CKernels"),
    cModule("CStdlib", embedded: ["files.inc"]),
    cModule("CDigits", embedded: ["digits.bin"]),
    cModule("CJSONReader", embedded: ["powers.inc"]),

    // The native core. An arrow only ever points down.
    module("ThreshTensor", ["COpenBLAS", "CKernels", "CInterrupt", "CZlib"]),
    module("ThreshNN", ["ThreshTensor"]),
    module("ThreshCOCO", ["CJSONReader"]),
    module(
      "ThreshData",
      ["ThreshTensor", "ThreshCOCO", "CMessageDigest", "CDigits", "CTurboJPEG", "CPNG"]),
    module("ThreshSelection", ["ThreshTensor"]),
    module("ThreshDetection", ["ThreshTensor", "ThreshNN"]),
    module("ThreshRuns", ["CSQLite", "ThreshTensor"]),

    // The interpreter.
    module("ThreshLua", ["CLuaShim"]),
    module(
      "ThreshBindings",
      [
        "ThreshLua", "ThreshTensor", "ThreshNN", "ThreshCOCO", "ThreshData", "ThreshSelection",
        "ThreshDetection", "ThreshRuns", "CInterrupt",
      ]),
    module("ThreshKit", ["ThreshBindings", "CStdlib"]),
    module("ThreshLibrary", ["ThreshKit", "CThresh"]),
    .executableTarget(
      name: "ThreshCLI", dependencies: ["ThreshKit", "ThreshLua", "CLineEditor"],
      swiftSettings: strict),

    tests("ThreshTensorTests", ["ThreshTensor"]),
    tests("ThreshNNTests", ["ThreshNN"]),
    tests("ThreshCOCOTests", ["ThreshCOCO", "CJSONReader"]),
    tests("ThreshDataTests", ["ThreshData", "ThreshCOCO"]),
    tests("ThreshSelectionTests", ["ThreshSelection"]),
    tests("ThreshDetectionTests", ["ThreshDetection"]),
    tests("ThreshRunsTests", ["ThreshRuns"]),
    tests("ThreshLuaTests", ["ThreshLua"]),
    tests("ThreshBindingsTests", ["ThreshKit"]),
    // Starts the built program at a pseudo-terminal.
    .target(name: "CTerminal", path: "Tests/Terminal", cSettings: strictC),
    tests("ThreshCLITests", ["CTerminal"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu2x
)
