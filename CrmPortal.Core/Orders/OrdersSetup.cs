using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Orders;

/// <summary>Orders, refunds and what shops tell of carts and reviews.</summary>
internal static class OrdersSetup
{
    public static void AddOrders(this IServiceCollection services)
    {
        services.AddScoped<OrderService>();
        services.AddScoped<OrderExportService>();
        services.AddScoped<OrderBulkService>();
        services.AddScoped<IJobHandler, OrderBulkJob>();
        services.AddScoped<ShoppingService>();
        services.AddScoped<ProductWordService>();
        services.AddSingleton<ICustomerRows, BoughtProducts>();
    }
}
