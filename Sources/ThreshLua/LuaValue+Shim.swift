// SPDX-License-Identifier: Apache-2.0
import CLuaShim

extension LuaValue {
  /// Copies a value that needs no reference.
  init(lending value: thresh_value) {
    switch value.tag {
    case THRESH_BOOLEAN: self = .boolean(value.boolean)
    case THRESH_INTEGER: self = .integer(value.integer)
    case THRESH_NUMBER: self = .number(value.number)
    case THRESH_STRING: self = .string(LuaString(borrowing: value))
    case THRESH_OBJECT:
      guard let object = value.object else { fallthrough }
      self = .object(Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue())
    default: self = .nil
    }
  }

  /// Takes a value over from a list that owns it.
  init(taking value: inout thresh_value, handle: OpaquePointer) {
    switch value.tag {
    case THRESH_TABLE, THRESH_FUNCTION, THRESH_OTHER:
      let reference = LuaReference(handle: handle, slot: value.slot)
      value.slot = 0
      self =
        switch value.tag {
        case THRESH_TABLE: .table(LuaTable(reference))
        case THRESH_FUNCTION: .function(LuaFunction(reference))
        default: .opaque(reference)
        }
    default: self.init(lending: value)
    }
  }
}

extension LuaString {
  /// Copies the bytes of a string value.
  init(borrowing value: thresh_value) {
    bytes = Array(UnsafeRawBufferPointer(start: value.bytes, count: value.length))
  }

  /// The text of a string value.
  static func text(borrowing value: thresh_value) -> String {
    String(
      decoding: UnsafeRawBufferPointer(start: value.bytes, count: value.length), as: UTF8.self)
  }
}

/// How values are put into a list that Lua reads.
struct LuaListWriter {
  let list: UnsafeMutablePointer<thresh_list>
  let session: LuaSession?

  static let maxDepth = 32

  @inline(__always)
  func add(_ value: LuaValue) throws { try add(value, depth: Self.maxDepth) }

  func add(_ value: LuaValue, depth: Int) throws {
    switch value {
    case .nil: thresh_list_add(list, THRESH_NIL)
    case .boolean(let value): thresh_list_add(list, THRESH_BOOLEAN).pointee.boolean = value
    case .integer(let value): thresh_list_add(list, THRESH_INTEGER).pointee.integer = value
    case .number(let value): thresh_list_add(list, THRESH_NUMBER).pointee.number = value
    case .string(let string): add(string)
    case .table(let table): try add(table, depth: depth)
    case .function(let function): try add(function)
    case .object(let object): try add(object: object)
    case .opaque(let reference): try add(reference, THRESH_OTHER)
    }
  }

  func add(_ string: LuaString) {
    string.bytes.withUnsafeBytes { bytes in
      thresh_list_add_string(
        list, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
  }

  func add(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      UnsafeRawBufferPointer(bytes).withMemoryRebound(to: CChar.self) {
        thresh_list_add_string(list, $0.baseAddress, $0.count)
      }
    }
  }

  /// Puts a +1 reference into the list, which gives it back when it is cleared.
  private func own(_ object: AnyObject, _ tag: thresh_tag) -> UnsafeMutablePointer<thresh_value> {
    let value = thresh_list_add(list, tag)!
    if !list.pointee.failed { value.pointee.object = Unmanaged.passRetained(object).toOpaque() }
    return value
  }

  func add(_ reference: LuaReference, _ tag: thresh_tag) throws {
    guard let session, reference.handle == session.handle else {
      throw LuaError("a value of another Lua session was handed over")
    }
    let slot = reference.slot
    own(reference, tag).pointee.slot = slot
  }

  func add(_ function: LuaFunction) throws {
    switch function.storage {
    case .reference(let reference): try add(reference, THRESH_FUNCTION)
    case .native(let body): _ = own(body, THRESH_NEW_FUNCTION)
    }
  }

  func add(body: LuaFunctionBody) { _ = own(body, THRESH_NEW_BOX) }

  func add(pointer: OpaquePointer) {
    thresh_list_add(list, THRESH_POINTER).pointee.object = UnsafeMutableRawPointer(pointer)
  }

  func add(object: AnyObject) throws {
    guard let type = session?.classes.find(type(of: object)) else {
      throw LuaError("Lua knows no class for a value of type \(Swift.type(of: object))")
    }
    own(object, THRESH_OBJECT).pointee.type = type
  }

  private func add(_ table: LuaTable, depth: Int) throws {
    guard case .built(let contents) = table.storage else {
      if let reference = table.reference { try add(reference, THRESH_TABLE) }
      return
    }
    guard depth > 0 else {
      throw LuaError("the table is nested more than \(Self.maxDepth) levels deep")
    }
    let value = thresh_list_add(list, THRESH_NEW_TABLE)!
    value.pointee.integer = Int64(contents.array.count)
    value.pointee.length = contents.fields.count
    for item in contents.array { try add(item, depth: depth - 1) }
    for field in contents.fields {
      try add(field.key, depth: depth - 1)
      try add(field.value, depth: depth - 1)
    }
  }
}
