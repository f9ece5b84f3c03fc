using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Network;

/// <summary>The connections of a customer for programs, such as billing.</summary>
internal static class ConnectionEndpoints
{
    private const string NotFound = "Connection not found";
    private const string ById = @"/{connectionId:regex(^\d+$)}";

    public static void MapConnections(this RouteGroupBuilder api)
    {
        var connections = api.MapGroup(@"/customers/{id:regex(^\d+$)}/connections").WithTags("Network access");
        connections.MapGet("", ListAsync)
            .Documented("ListConnections", "List the connections of a customer", Permissions.CustomersView, null, 200,
                $"[{NetworkExamples.Connection}]");
        connections.MapPost("", AddAsync)
            .Documented("AddConnection", "Add a connection; a password that was made up is answered this once", Permissions.CustomersEdit,
                NetworkExamples.ConnectionInput, 201, NetworkExamples.Made).AnswersTagged(isConditional: false);
        connections.MapGet(ById, GetAsync)
            .Documented("GetConnection", "Get a connection", Permissions.CustomersView, null, 200, NetworkExamples.Connection)
            .AnswersTagged(isConditional: true);
        connections.MapPut(ById, ChangeAsync)
            .Documented("ChangeConnection", "Change, suspend or resume a connection; absent fields stay as they are",
                Permissions.CustomersEdit, NetworkExamples.ConnectionChange, 200, NetworkExamples.Connection)
            .AnswersTagged(isConditional: false).AnswersProblems(412);
        connections.MapDelete(ById, DeleteAsync)
            .Documented("DeleteConnection", "Delete a connection with what went through it", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Connection deleted successfully.")).AnswersProblems(412);
        connections.MapGet(ById + "/usage", UsageAsync)
            .Documented("GetConnectionUsage", "List what went through a connection, by day of the shop", Permissions.CustomersView, null,
                200, NetworkExamples.Usage);
    }

    private static async Task<Ok<IReadOnlyList<ConnectionItem>>> ListAsync(long id, ConnectionService connections,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<ConnectionItem>>(
            [.. (await connections.ListAsync(id, cancellationToken)).Select(ConnectionItem.Of)]);
    }

    private static async Task<Created<ConnectionMade>> AddAsync(long id, ConnectionBody body, HttpContext http,
        ConnectionService connections, CancellationToken cancellationToken)
    {
        var made = await connections.SaveAsync(id, null, body.On(null), cancellationToken) ?? throw ApiException.NotFound(NoCustomer);
        return TypedResults.Created(AddressOf(http, id, "connections", made.Connection.Id),
            new ConnectionMade(Tagged(http, made.Connection), made.Password));
    }

    private static async Task<Results<Ok<ConnectionItem>, StatusCodeHttpResult>> GetAsync(long id,
        [Description("The id of the connection.")] long connectionId, HttpContext http, ConnectionService connections,
        CancellationToken cancellationToken)
    {
        var connection = await FindAsync(connections, id, connectionId, cancellationToken);
        return EntityTags.Answer(http, connection.Version, ConnectionItem.Of(connection));
    }

    private static async Task<Ok<ConnectionItem>> ChangeAsync(long id, [Description("The id of the connection.")] long connectionId,
        ConnectionBody body, HttpContext http, ConnectionService connections, CancellationToken cancellationToken)
    {
        var expected = await ExpectedAsync(http, connections, id, connectionId, cancellationToken);
        var changed = await JoinedAsync(async () =>
        {
            var present = await FindAsync(connections, id, connectionId, cancellationToken);
            return await connections.SaveAsync(id, connectionId, body.On(present), cancellationToken, expected ?? present.Version);
        });
        return TypedResults.Ok(Tagged(http, (changed ?? throw ApiException.NotFound(NotFound)).Connection));
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync(long id, [Description("The id of the connection.")] long connectionId,
        HttpContext http, ConnectionService connections, CancellationToken cancellationToken)
    {
        var expected = await ExpectedAsync(http, connections, id, connectionId, cancellationToken);
        _ = await connections.RemoveAsync(id, connectionId, expected, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Connection deleted successfully."));
    }

    private static async Task<Ok<IReadOnlyList<UsageItem>>> UsageAsync(long id,
        [Description("The id of the connection.")] long connectionId,
        [Description("The first day; the first of this month where it is absent.")] DateOnly? from,
        [Description("The last day; today where it is absent. At most 92 days in all.")] DateOnly? until,
        ConnectionService connections, ShopClock clock, CancellationToken cancellationToken)
    {
        var days = await connections.UsageAsync(id, connectionId, from ?? clock.ThisMonth, until ?? clock.Today, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<UsageItem>>([.. (days ?? throw ApiException.NotFound(NotFound)).Select(UsageItem.Of)]);
    }

    private static Task<long?> ExpectedAsync(HttpContext http, ConnectionService connections, long id, long connectionId,
        CancellationToken cancellationToken) => EntityTags.ExpectedAsync(http.Request,
            async () => (await connections.GetAsync(id, connectionId, cancellationToken))?.Version);

    private static async Task<ConnectionDetails> FindAsync(ConnectionService connections, long id, long connectionId,
        CancellationToken cancellationToken) =>
        await connections.GetAsync(id, connectionId, cancellationToken) ?? throw ApiException.NotFound(NotFound);

    private static ConnectionItem Tagged(HttpContext http, ConnectionDetails connection)
    {
        var item = ConnectionItem.Of(connection);
        http.Response.Headers.ETag = EntityTags.Tag(http, connection.Version, item);
        return item;
    }
}
