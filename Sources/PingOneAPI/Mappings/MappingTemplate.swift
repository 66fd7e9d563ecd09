/// The value of an attribute mapping: text with placeholders such as `${providerAttributes.email}`.
///
/// Source: Identity Provider Attributes, PingOne Platform APIs: `${providerAttributes.<name>}`, for SAML also
/// `${samlAssertion.subject}`.
package struct MappingTemplate: Sendable, Equatable {
    package enum Part: Sendable, Equatable {
        case text(String)
        /// `${providerAttributes.NAME}`, the NAME.
        case providerAttribute(String)
        /// `${samlAssertion.subject}`.
        case samlSubject
    }

    /// In the order of the value; no text part is empty, and no two of them stand side by side.
    package let parts: [Part]

    /// - Throws: what is wrong with the first placeholder that cannot be read.
    package init(_ value: String) throws(MappingTemplateError) {
        var parts: [Part] = []
        let text = value.unicodeScalars
        var rest = text.startIndex
        while let start = text[rest...].firstRange(of: "${".unicodeScalars) {
            if rest < start.lowerBound { parts.append(.text(String(text[rest..<start.lowerBound]))) }
            let character = value[..<start.lowerBound].count + 1
            guard let end = text[start.upperBound...].firstIndex(of: "}") else { throw .unclosed(character: character) }
            parts.append(try Self.placeholder(String(text[start.upperBound..<end]), character: character))
            rest = text.index(after: end)
        }
        if rest < text.endIndex { parts.append(.text(String(text[rest...]))) }
        self.parts = parts
    }

    /// `character`: where the placeholder begins, from 1.
    private static func placeholder(_ expression: String, character: Int) throws(MappingTemplateError) -> Part {
        if expression.isEmpty { throw .empty(character: character) }
        let names = expression.split(separator: ".", omittingEmptySubsequences: false)
        guard names.allSatisfy({ !$0.isEmpty && $0.unicodeScalars.allSatisfy(isPartOfName) }) else {
            throw .malformed(character: character)
        }
        if expression == "samlAssertion.subject" { return .samlSubject }
        guard names.count > 1, names[0] == "providerAttributes" else {
            throw .unknown(expression, character: character)
        }
        return .providerAttribute(String(expression[names[1].startIndex...]))
    }

    /// Claims may be URLs, so only what never stands in a name is refused: blanks, control characters, and the marks
    /// of placeholders and quotes.
    private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
            && !"${\"'".unicodeScalars.contains(scalar)
    }

    /// Whether it reads anything, or gives everybody the same text.
    package var hasPlaceholder: Bool {
        parts.contains { if case .text = $0 { false } else { true } }
    }

    /// The names of the provider's attributes it reads, each once, in order.
    package var providerAttributes: [String] {
        parts.reduce(into: []) { names, part in
            if case .providerAttribute(let name) = part, !names.contains(name) { names.append(name) }
        }
    }

    /// The text with each placeholder replaced; a placeholder without a value gives nothing.
    ///
    /// - Parameter valueOf: the value of the provider's attribute with this name.
    /// - Returns: nil when no placeholder has a value that is not empty, so that there is nothing to say. A template
    ///   without placeholders gives its text; the subject of a SAML assertion has no value here.
    package func text(_ valueOf: (String) -> String?) -> String? {
        var text = ""
        var isFilled = !hasPlaceholder
        for part in parts {
            switch part {
            case .text(let fixed): text += fixed
            case .samlSubject: break
            case .providerAttribute(let name):
                guard let value = valueOf(name), !value.isEmpty else { continue }
                isFilled = true
                text += value
            }
        }
        return isFilled ? text : nil
    }
}

/// What is wrong with a placeholder. `character`: where its `${` stands in the value, from 1.
package enum MappingTemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    case unclosed(character: Int)
    case empty(character: Int)
    /// A name with a part that is empty, or with blanks, quotes or another `${`.
    case malformed(character: Int)
    /// Neither the one nor the other; the expression is well-formed.
    case unknown(String, character: Int)

    package var description: String {
        switch self {
        case .unclosed(let character):
            "the placeholder that begins at character \(character) has no closing brace; it has the form "
                + "${providerAttributes.NAME}"
        case .empty(let character):
            "the placeholder at character \(character) is empty; it has the form ${providerAttributes.NAME}"
        case .malformed(let character):
            "the placeholder at character \(character) is not a name; it has the form ${providerAttributes.NAME}"
        case .unknown(let expression, let character):
            "the placeholder ${\(expression)} at character \(character) is neither ${providerAttributes.NAME} "
                + "nor ${samlAssertion.subject}"
        }
    }
}
