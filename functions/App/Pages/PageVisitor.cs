namespace LdapSync.App.Pages;

/// <summary>What a visitor may do; each may do what those before it may.</summary>
public enum PageRole
{
    /// <summary>Look.</summary>
    Reader,

    /// <summary>Start, stop, approve and reject runs.</summary>
    Operator,

    /// <summary>Change settings, roles and users.</summary>
    Administrator,
}

/// <param name="Name">For the page's head.</param>
/// <param name="Secret">Random and known to the visitor's browser alone: what antiforgery tokens are made from.</param>
/// <param name="ByKey">Signed in with the key.</param>
public sealed record PageVisitor(string Name, PageRole Role, string Secret, bool ByKey);
