using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Pages;

/// <summary>Knows who asks for a page.</summary>
public sealed class PageVisitors(PageSessions sessions)
{
    public PageVisitor? Find(HttpRequest request) => sessions.Find(request);
}
