using System.Globalization;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Directories;
using LdapSync.Core.SignIns;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace LdapSync.App.SignIns;

/// <summary>Signing people in, and the record of who tried.</summary>
public sealed class SignInFunctions(ApiCalls calls, SignIn signIn, SignInStore audit, DirectoryLookup lookup, IOptions<SignInOptions> options)
{
    [Function("SignIn")]
    [ApiOperation("Signs a person in with the directory password (I1, I2); 401: refused, whatever the reason; 429: too many attempts", Access = Access.Operator, Request = typeof(SignInBody), Response = typeof(SignedInView))]
    public Task<IResult> PostSignIn(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "directories/{directoryId}/sign-in")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var body = await ApiRequest.ReadAsync<SignInBody>(request, cancellationToken);
            var address = ClientAddress.Of(request, body.ClientAddress, options.Value.TrustedProxies);
            request.HttpContext.Response.Headers.CacheControl = "no-store";
            var result = await signIn.SignInAsync(directoryId, body, address, cancellationToken);
            if (result.RetryAfter is { } wait)
            {
                request.HttpContext.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                throw new ApiException(429, "Too many attempts", "Try again later: Retry-After has the seconds.");
            }

            return result.User is { } user
                ? ApiCalls.Json(user)
                : throw new ApiException(401, "Not signed in", "The login or the password is wrong, or this person may not sign in.");
        });

    [Function("ListSignIns")]
    [ApiOperation("Attempts to sign in, the latest first", Access = Access.Administrator, Response = typeof(Page<SignInRecord>), Query = ["login", "outcome", "pageSize", "continuation"])]
    public Task<IResult> ListSignIns(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "directories/{directoryId}/sign-ins")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await lookup.GetAsync(directoryId, cancellationToken);
            var page = await audit.PageAsync(
                directoryId, ApiRequest.Text(request, "login"), Outcome(request), ApiRequest.Count(request, "pageSize", 100, 1000),
                ApiRequest.Text(request, "continuation"), cancellationToken);
            return ApiCalls.Json(new Page<SignInRecord>(page.Items, page.ContinuationToken));
        });

    private static SignInOutcome? Outcome(HttpRequest request)
    {
        if (ApiRequest.Text(request, "outcome") is not { } text)
        {
            return null;
        }

        return Enum.TryParse<SignInOutcome>(text, ignoreCase: true, out var outcome) && Enum.IsDefined(outcome) && !char.IsAsciiDigit(text[0])
            ? outcome
            : throw ApiException.Field("outcome", $"One of {string.Join(", ", Enum.GetNames<SignInOutcome>().Select(name => char.ToLowerInvariant(name[0]) + name[1..]))}.", 400);
    }
}
