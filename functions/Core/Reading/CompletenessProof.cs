namespace LdapSync.Core.Reading;

/// <summary>
/// What a finished read says about itself. Rule G1: nothing is removed because of a read whose proof is not complete.
/// A read that failed altogether throws <see cref="DirectoryException"/> and has no proof.
/// </summary>
/// <param name="ResultCode">The result code of the last page (RFC 4511, appendix A); 0 is success, 4 sizeLimitExceeded.</param>
/// <param name="PagesFinished">The server said that there is no further page.</param>
/// <param name="RangesFinished">Every ranged attribute was read to its end.</param>
/// <param name="Entries">The number of entries that were read.</param>
/// <param name="Pages">The number of pages that were read.</param>
/// <param name="Referrals">Result references that were seen and not followed.</param>
/// <param name="Message">What the server said beside the result code, or null.</param>
public sealed record CompletenessProof(
    int ResultCode,
    bool PagesFinished,
    bool RangesFinished,
    long Entries,
    int Pages,
    int Referrals,
    string? Message = null)
{
    /// <summary>Whether absence from this read may be taken as absence from the directory.</summary>
    public bool IsComplete => ResultCode == 0 && PagesFinished && RangesFinished;

    /// <summary>The proof of two reads taken together: as weak as the weaker one.</summary>
    public CompletenessProof And(CompletenessProof other) => new(
        ResultCode != 0 ? ResultCode : other.ResultCode,
        PagesFinished && other.PagesFinished,
        RangesFinished && other.RangesFinished,
        Entries + other.Entries,
        Pages + other.Pages,
        Referrals + other.Referrals,
        Message ?? other.Message);

    /// <summary>The proof of having nothing to read.</summary>
    public static CompletenessProof Nothing { get; } = new(0, true, true, 0, 0, 0);
}
