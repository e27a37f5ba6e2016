// SPDX-License-Identifier: Apache-2.0
import Testing

@Test func docsCommand_name_printsWhatHelpSays() throws {
  let command = try Command()
  let list = try command.run(["docs"])
  #expect(list.status == 0 && list.errors == "")
  for part in ["th.select ", "Tensor ", "Module ", "th.plot "] {
    #expect(list.output.contains("\n\(part)"), "\(list.output)")
  }
  let text = try command.run(["docs", "nn.Linear"])
  #expect(text.status == 0 && text.output.hasPrefix("nn.Linear(in_features, out_features"))
  #expect(text.output.contains("\n\nExample:\n    local layer"))
}

@Test func docsCommand_folder_getsTheReference() throws {
  let command = try Command()
  let result = try command.run(["docs", "--html", "reference"])
  #expect(result.status == 0 && result.output.hasSuffix(" pages in reference\n"), "\(result)")
  let script = "io.write(io.open('reference/index.html'):read 'a')"
  let index = try command.run(["-e", script])
  #expect(index.output.contains(#"<a href="Tensor.html">Tensor</a>"#))
}

@Test func docsCommand_unknownName_isOneLineAndStatus2() throws {
  let command = try Command()
  let result = try command.run(["docs", "nn.Linea"])
  #expect(result.status == 2 && result.output == "")
  #expect(result.errors == "thresh docs: there is no th.nn.Linea\n")
}
