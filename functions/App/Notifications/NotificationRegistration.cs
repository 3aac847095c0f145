using LdapSync.Notifications.Mail;
using LdapSync.Notifications.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Notifications;

internal static class NotificationRegistration
{
    public static void AddNotifications(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<NotificationOptions>(configuration.GetSection("Notifications"));
        services.AddSingleton(provider => new MailSender(Options(provider).SendTime));
        services.AddSingleton(provider => new WebhookSender(Options(provider).SendTime, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<NotificationOutbox>();
        services.AddSingleton<RunAnnouncements>();
        services.AddSingleton<NotificationFeed>();
        services.AddSingleton<MailEditor>();
        services.AddSingleton<WebhookTrial>();
        services.AddSingleton<DeliveryWorker>();
    }

    private static NotificationOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<NotificationOptions>>().Value;
}
