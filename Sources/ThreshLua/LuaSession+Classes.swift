// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// A property of a Lua class. Argument 1 is the object; a setter's new value is argument 3.
public struct LuaProperty {
  public var name: String
  public var get: (LuaCall) throws -> LuaResult
  public var set: ((LuaCall) throws -> Void)?

  public init(
    _ name: String, get: @escaping (LuaCall) throws -> LuaResult,
    set: ((LuaCall) throws -> Void)? = nil
  ) {
    self.name = name
    self.get = get
    self.set = set
  }
}

/// A method or metamethod of a Lua class. Argument 1 is the object for methods.
public struct LuaMethod {
  public var name: String
  public var body: (LuaCall) throws -> LuaResult

  public init(_ name: String, _ body: @escaping (LuaCall) throws -> LuaResult) {
    self.name = name
    self.body = body
  }
}

/// Which Swift classes Lua knows.
final class LuaClassTable {
  struct Entry {
    var type: AnyClass
    var raw: OpaquePointer
    var name: String
    var names: [String]  // of methods and properties, inherited ones included
  }

  private(set) var entries: [ObjectIdentifier: Entry] = [:]
  private var found: [ObjectIdentifier: OpaquePointer] = [:]
  // Read in each call that gives an object back; nothing else runs meanwhile.
  @exclusivity(unchecked) private var last: (type: ObjectIdentifier, raw: OpaquePointer)?

  func add(_ entry: Entry) {
    entries[ObjectIdentifier(entry.type)] = entry
    found = [:]
    last = nil
  }

  /// The Lua class of an instance: its own, else that of the nearest superclass.
  func find(_ type: AnyClass) -> OpaquePointer? {
    let key = ObjectIdentifier(type)
    if let last, last.type == key { return last.raw }
    guard let raw = found[key] ?? entry(of: type)?.raw else { return nil }
    found[key] = raw
    last = (key, raw)
    return raw
  }

  func entry(of type: AnyClass) -> Entry? {
    var candidate: AnyClass? = type
    while let current = candidate {
      if let entry = entries[ObjectIdentifier(current)] { return entry }
      candidate = _getSuperclass(current)
    }
    return nil
  }

  func name(of type: AnyClass) -> String? { entry(of: type)?.name }
}

extension LuaSession {
  /// Tells Lua of a Swift class; afterwards `LuaValue.object` takes its instances, and those of
  /// subclasses that are not registered themselves.
  ///
  /// In Lua an instance is one userdata as long as Lua holds it, so `==` is identity. It has
  /// `free` and can be a `<close>` variable; an object given up raises `... was freed` when used.
  /// Methods are found without entering Swift.
  ///
  /// - Parameters:
  ///   - name: the class in messages, e.g. `Tensor`.
  ///   - inherits: a registered class whose members this one starts with.
  ///   - metamethods: by their Lua names, e.g. `__add`, `__len`, `__tostring`, `__call`.
  ///   - index: `object[key]` for keys that are no strings; (object, key).
  ///   - newIndex: `object[key] = value` for such keys; (object, key, value).
  ///   - field: names that are neither method nor property; nil raises the usual error.
  ///   - newField: assignment to such names; false raises the usual error.
  public func registerClass<T: AnyObject>(
    _ type: T.Type, name: String, inherits: AnyClass? = nil,
    methods: [LuaMethod] = [], properties: [LuaProperty] = [], metamethods: [LuaMethod] = [],
    index: ((LuaCall) throws -> LuaResult)? = nil,
    newIndex: ((LuaCall) throws -> Void)? = nil,
    field: ((LuaCall, String) throws -> LuaResult?)? = nil,
    newField: ((LuaCall, String) throws -> Bool)? = nil
  ) throws {
    let parent = try inherits.map { base in
      guard let entry = classes.entry(of: base) else {
        throw LuaError("class \(name) inherits from \(base), which is not registered")
      }
      return entry
    }
    guard let raw = thresh_class_create(handle, name) else { throw LuaError.memory }
    try protectedClass(THRESH_CLASS_CREATE) { writer in
      writer.add(pointer: raw)
      writer.add(name)
      if let parent { writer.add(pointer: parent.raw) }
    }
    var names = parent?.names ?? ["free"]
    names += methods.map { $0.name } + properties.map { $0.name }
    classes.add(LuaClassTable.Entry(type: type, raw: raw, name: name, names: names))

    for method in methods { try add(raw, THRESH_METHOD, name, method.name, method.body) }
    for property in properties {
      try add(raw, THRESH_GETTER, name, property.name, property.get)
      if let set = property.set {
        try add(raw, THRESH_SETTER, name, property.name) { call in
          try set(call)
          return .none
        }
      }
    }
    for method in metamethods {
      try add(raw, THRESH_METAMETHOD, name, method.name, method.body)
    }
    try addHandlers(
      raw, name: name, known: names, inherited: parent != nil, index: index, newIndex: newIndex,
      field: field, newField: newField,
      settable: properties.filter { $0.set != nil }.map { $0.name })
  }

  private func addHandlers(
    _ raw: OpaquePointer, name: String, known: [String], inherited: Bool,
    index: ((LuaCall) throws -> LuaResult)?, newIndex: ((LuaCall) throws -> Void)?,
    field: ((LuaCall, String) throws -> LuaResult?)?,
    newField: ((LuaCall, String) throws -> Bool)?, settable: [String]
  ) throws {
    if index != nil || !inherited {
      let body =
        index ?? { call in
          throw LuaError("\(name) cannot be indexed with a \(call.typeName(2))")
        }
      try add(raw, THRESH_INDEX, name, "__index", body)
    }
    if newIndex != nil || !inherited {
      try add(raw, THRESH_NEW_INDEX, name, "__newindex") { call in
        guard let newIndex else {
          throw LuaError("\(name) cannot be assigned to with a \(call.typeName(2)) as key")
        }
        try newIndex(call)
        return .none
      }
    }
    try add(raw, THRESH_FIELD, name, "__index") { call in
      let key = try call.string(2, "name")
      if let result = try field?(call, key) { return result }
      throw LuaError("no field or method '\(key)' in \(name)" + suggestion(key, known))
    }
    try add(raw, THRESH_NEW_FIELD, name, "__newindex") { call in
      let key = try call.string(2, "name")
      if try newField?(call, key) ?? false { return .none }
      if known.contains(key) { throw LuaError("field '\(key)' of \(name) cannot be assigned to") }
      throw LuaError("no field '\(key)' in \(name)" + suggestion(key, settable))
    }
  }

  private func add(
    _ raw: OpaquePointer, _ kind: thresh_member, _ className: String, _ name: String,
    _ body: @escaping (LuaCall) throws -> LuaResult
  ) throws {
    let body = LuaFunctionBody(name: "\(className).\(name)", body)
    try protectedClass(THRESH_CLASS_ADD) { writer in
      writer.add(pointer: raw)
      try writer.add(.integer(Int64(kind.rawValue)))
      writer.add(name)
      if kind == THRESH_METHOD || kind == THRESH_METAMETHOD {
        try writer.add(.function(LuaFunction(body)))
      } else {
        writer.add(body: body)
      }
    }
  }

  private func protectedClass(
    _ builtin: thresh_builtin, _ fill: (LuaListWriter) throws -> Void
  ) throws {
    _ = try protected(fill: fill) { thresh_session_builtin(handle, builtin, $0, $1) }
  }
}

extension LuaFunction {
  convenience init(_ body: LuaFunctionBody) { self.init(name: body.name, body.body) }
}
