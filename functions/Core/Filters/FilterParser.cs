namespace LdapSync.Core.Filters;

/// <summary>Recursive descent over RFC 4515, section 3. One use per text.</summary>
internal sealed class FilterParser(string text)
{
    private int position;

    public LdapFilter Parse()
    {
        SkipSpace();
        if (position == text.Length)
            throw Error("The filter is empty: expected an expression in brackets such as (cn=*)", position);
        var filter = ParseExpression(depth: 1);
        SkipSpace();
        if (position < text.Length)
            throw Error(text[position] == ')'
                ? "There is no open bracket that this one could close"
                : "Nothing may follow the closing bracket: several expressions are joined as (&(...)(...))", position);
        return filter;
    }

    private LdapFilter ParseExpression(int depth)
    {
        if (Current != '(')
            throw Error("Expected '(': every expression stands in brackets of its own, such as (cn=value)", position);
        if (depth > LdapFilter.MaximumDepth)
            throw Error($"Expressions are nested more than {LdapFilter.MaximumDepth} deep", position);
        var open = position++;
        SkipSpace();
        var filter = Current switch
        {
            '&' => new AndFilter(ParseList(depth)),
            '|' => new OrFilter(ParseList(depth)),
            '!' => ParseNot(depth),
            _ => ParseItem(),
        };
        if (Current != ')')
            throw position == text.Length
                ? Error($"The bracket opened at character {open + 1} is not closed", position)
                : Error("Expected ')'", position);
        position++;
        return filter;
    }

    private List<LdapFilter> ParseList(int depth)
    {
        position++;
        var parts = new List<LdapFilter>();
        for (SkipSpace(); Current is not ')' and not '\0'; SkipSpace())
            parts.Add(ParseExpression(depth + 1));
        return parts;
    }

    private NotFilter ParseNot(int depth)
    {
        position++;
        SkipSpace();
        var part = ParseExpression(depth + 1);
        SkipSpace();
        return new NotFilter(part);
    }

    private LdapFilter ParseItem()
    {
        var start = position;
        position = EndOf("=~<>:()");
        var attribute = text[start..position];
        switch (Current)
        {
            case ':':
                return ParseExtensible(attribute, start);
            case '=':
                CheckAttribute(attribute, start);
                position++;
                if (Current is '<' or '>')
                    throw Error($"Write {Current}= for an order comparison, or \\{(int)Current:x2} for a value that begins with {Current}", position - 1);
                return ParseEquality(attribute);
            case '~' or '<' or '>':
                CheckAttribute(attribute, start);
                var kind = Current switch
                {
                    '~' => ComparisonKind.Approximate,
                    '<' => ComparisonKind.LessOrEqual,
                    _ => ComparisonKind.GreaterOrEqual,
                };
                if (position + 1 >= text.Length || text[position + 1] != '=')
                    throw Error($"Expected {Current}=: filters have no {Current} alone", position);
                position += 2;
                return new ComparisonFilter(attribute, kind, ParseValue());
            default:
                CheckAttribute(attribute, start);
                throw Error("Expected =, ~=, >=, <= or := after the attribute name", position);
        }
    }

    private LdapFilter ParseEquality(string attribute)
    {
        var values = new FilterValueReader(text, position);
        var pieces = new List<ReadOnlyMemory<byte>> { values.Read() };
        while (values.Position < text.Length && text[values.Position] == '*')
        {
            values.Position++;
            pieces.Add(values.Read());
        }

        position = values.Position;
        if (pieces.Count == 1)
            return new ComparisonFilter(attribute, ComparisonKind.Equal, pieces[0]);
        var any = pieces[1..^1].FindAll(piece => !piece.IsEmpty);
        var initial = OrNone(pieces[0]);
        var final = OrNone(pieces[^1]);
        return initial is null && final is null && any.Count == 0
            ? new PresenceFilter(attribute)
            : new SubstringFilter(attribute, initial, any, final);
    }

    // Not "? null : piece": null would become an empty memory (by way of an array) and not the absence of one.
    private static ReadOnlyMemory<byte>? OrNone(ReadOnlyMemory<byte> piece) => piece.IsEmpty ? default(ReadOnlyMemory<byte>?) : piece;

    private ExtensibleFilter ParseExtensible(string attribute, int start)
    {
        if (attribute.Length > 0)
            CheckAttribute(attribute, start);
        var dnAttributes = false;
        string? rule = null;
        while (true)
        {
            position++;
            if (Current == '=')
                break;
            var tokenStart = position;
            position = EndOf("=:()");
            var token = text[tokenStart..position];
            if (rule is not null)
                throw Error("Expected := after the matching rule", tokenStart - 1);
            if (!dnAttributes && token.Equals("dn", StringComparison.OrdinalIgnoreCase))
                dnAttributes = true;
            else if (AttributeDescription.CheckIdentifier(token, "a matching rule") is var (index, problem))
                throw Error(problem, tokenStart + index);
            else
                rule = token;
            if (Current != ':')
                throw Error("Expected := after the matching rule", position);
        }

        if (attribute.Length == 0 && rule is null)
            throw Error("Expected an attribute name or a matching rule before :=", start);
        position++;
        return new ExtensibleFilter(attribute.Length == 0 ? null : attribute, rule, dnAttributes, ParseValue());
    }

    private ReadOnlyMemory<byte> ParseValue()
    {
        var values = new FilterValueReader(text, position);
        var value = values.Read();
        position = values.Position;
        if (Current == '*')
            throw Error("Only = knows '*': a literal asterisk is written \\2a", position);
        return value;
    }

    private void CheckAttribute(string attribute, int start)
    {
        if (AttributeDescription.Check(attribute) is var (index, problem))
            throw Error(problem, start + index);
    }

    private char Current => position < text.Length ? text[position] : '\0';

    private int EndOf(string delimiters)
    {
        var length = text.AsSpan(position).IndexOfAny(delimiters);
        return length < 0 ? text.Length : position + length;
    }

    private void SkipSpace()
    {
        while (Current is ' ' or '\t' or '\r' or '\n')
            position++;
    }

    private FilterSyntaxException Error(string problem, int at) => new(problem, text, at);
}
