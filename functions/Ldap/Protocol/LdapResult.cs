using System.Formats.Asn1;

namespace LdapSync.Ldap.Protocol;

/// <summary>The result with which a server ends an operation (RFC 4511, section 4.1.9).</summary>
internal sealed record LdapResult(int Code, string MatchedName, string Diagnostic, IReadOnlyList<string> Referrals)
{
    private static readonly Asn1Tag ReferralTag = new(TagClass.ContextSpecific, 3, isConstructed: true);

    public static LdapResult Read(ref BerReader reader)
    {
        var code = reader.ReadEnumerated();
        var matched = reader.ReadText();
        var diagnostic = reader.ReadText();
        var referrals = new List<string>();
        if (reader.IsNext(ReferralTag))
        {
            for (var list = reader.ReadConstructed(ReferralTag); list.HasData;)
            {
                referrals.Add(list.ReadText());
            }
        }

        // Active Directory ends its texts with a NUL.
        return new LdapResult(code, matched, diagnostic.TrimEnd('\0', '\r', '\n', ' '), referrals);
    }

    public static LdapResult Read(LdapMessage message)
    {
        var reader = message.Reader;
        return Read(ref reader);
    }
}
