using System.Formats.Asn1;
using LdapSync.Core.Filters;
using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Protocol;

/// <summary>The matched values control (RFC 3876): of the attributes asked for, only the values that one of the conditions matches.</summary>
internal static class MatchedValues
{
    /// <param name="conditions">Filters of one condition each, in string form.</param>
    /// <exception cref="FilterSyntaxException">One is no filter.</exception>
    public static LdapControl Request(IEnumerable<string> conditions)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            foreach (var condition in conditions)
            {
                FilterEncoder.Write(writer, LdapFilter.Parse(condition));
            }
        }

        return new LdapControl(SearchRequest.MatchedValuesControl, Critical: false, writer.Encode());
    }
}
