using System.Formats.Asn1;
using LdapSync.Core.Filters;

namespace LdapSync.Ldap.Protocol;

/// <summary>Encodes a filter (RFC 4511, section 4.5.1.7).</summary>
internal static class FilterEncoder
{
    private static readonly Asn1Tag And = Context(0, constructed: true);
    private static readonly Asn1Tag Or = Context(1, constructed: true);
    private static readonly Asn1Tag Not = Context(2, constructed: true);
    private static readonly Asn1Tag Substrings = Context(4, constructed: true);
    private static readonly Asn1Tag Present = Context(7);
    private static readonly Asn1Tag Extensible = Context(9, constructed: true);

    public static void Write(AsnWriter writer, LdapFilter filter)
    {
        switch (filter)
        {
            case AndFilter and:
                WriteSet(writer, And, and.Parts);
                break;
            case OrFilter or:
                WriteSet(writer, Or, or.Parts);
                break;
            case NotFilter not:
                WriteSet(writer, Not, [not.Part]);
                break;
            case PresenceFilter presence:
                writer.WriteText(presence.Attribute, Present);
                break;
            case ComparisonFilter comparison:
                WriteComparison(writer, comparison);
                break;
            case SubstringFilter substring:
                WriteSubstring(writer, substring);
                break;
            case ExtensibleFilter extensible:
                WriteExtensible(writer, extensible);
                break;
            default:
                throw new NotSupportedException($"A filter of type {filter.GetType().Name} has no encoding.");
        }
    }

    private static void WriteSet(AsnWriter writer, Asn1Tag tag, IReadOnlyList<LdapFilter> parts)
    {
        // A SET OF in BER may keep its order; the sequence writer is the one that does.
        using (writer.PushSequence(tag))
        {
            foreach (var part in parts)
            {
                Write(writer, part);
            }
        }
    }

    private static void WriteComparison(AsnWriter writer, ComparisonFilter filter)
    {
        var tag = filter.Kind switch
        {
            ComparisonKind.Equal => 3,
            ComparisonKind.GreaterOrEqual => 5,
            ComparisonKind.LessOrEqual => 6,
            _ => 8,
        };
        using (writer.PushSequence(Context(tag, constructed: true)))
        {
            writer.WriteText(filter.Attribute);
            writer.WriteOctetString(filter.Value.Span);
        }
    }

    private static void WriteSubstring(AsnWriter writer, SubstringFilter filter)
    {
        using (writer.PushSequence(Substrings))
        {
            writer.WriteText(filter.Attribute);
            using (writer.PushSequence())
            {
                if (filter.Initial is { } initial)
                {
                    writer.WriteOctetString(initial.Span, Context(0));
                }

                foreach (var any in filter.Any)
                {
                    writer.WriteOctetString(any.Span, Context(1));
                }

                if (filter.Final is { } final)
                {
                    writer.WriteOctetString(final.Span, Context(2));
                }
            }
        }
    }

    private static void WriteExtensible(AsnWriter writer, ExtensibleFilter filter)
    {
        using (writer.PushSequence(Extensible))
        {
            if (filter.MatchingRule is { } rule)
            {
                writer.WriteText(rule, Context(1));
            }

            if (filter.Attribute is { } attribute)
            {
                writer.WriteText(attribute, Context(2));
            }

            writer.WriteOctetString(filter.Value.Span, Context(3));
            if (filter.DnAttributes)
            {
                writer.WriteBoolean(true, Context(4));
            }
        }
    }

    private static Asn1Tag Context(int number, bool constructed = false) => new(TagClass.ContextSpecific, number, constructed);
}
