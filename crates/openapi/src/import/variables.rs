//! AWS variables in a document's texts (`import-api-aws-variables`).

use gatewright_types::Account;

use crate::document::Node;

/// Replaces `${AWS::AccountId}`, `${AWS::Partition}` and `${AWS::Region}` in every text.
pub(super) fn replace(node: &mut Node, account: &Account) {
    match node {
        Node::Text(text) if text.contains("${AWS::") => {
            *text = text
                .replace("${AWS::AccountId}", &account.id)
                // One partition, as in every ARN of this gateway (`Account::apigateway_arn`).
                .replace("${AWS::Partition}", "aws")
                .replace("${AWS::Region}", &account.region);
        }
        Node::List(items) => items.iter_mut().for_each(|item| replace(item, account)),
        Node::Map(members) => members.values_mut().for_each(|member| replace(member, account)),
        Node::Null | Node::Boolean(_) | Node::Number(_) | Node::Text(_) => {}
    }
}
