//! Sessions in Redis, for any number of replicas.
//!
//! - `session:<digest of the token>`: a hash of `text` (JSON) and `seen` (microseconds), expiring.
//! - `person:<uuid>`: a hash from a login's id to the digest of its present token. May name sessions that
//!   have expired; whoever reads it looks whether they are there.
//! - `flow:<uuid>:<key>`: a value of a sign-in's pages, or of an upload's, expiring.
//!
//! What has to be indivisible is a script, of which Redis runs one at a time.

use std::time::Duration;

use async_trait::async_trait;
use counterfoil_core::ids::PersonId;
use redis::aio::ConnectionManager;
use redis::{AsyncCommands as _, RedisError, Script, ScriptInvocation, cmd, pipe};
use uuid::Uuid;

use super::SessionError;
use super::shelf::{Digest, Fresh, KEPT, Kept, LISTED, Placed, Shelf};
use crate::events::link::{Link, Repeat};

/// Keys: session, list. Arguments: text, seen, ms to keep the session, ms to keep the list, prefix of
/// sessions, digest, replaced digest or nothing, login or nothing, '1' where the login continues.
const PLACE: &str = r"
local text, seen, kept, listed, sessions, digest, old, login, continues = unpack(ARGV)
if redis.call('EXISTS', KEYS[1]) == 1 then return 'taken' end
if login ~= '' then
  if continues == '1' then
    if redis.call('HGET', KEYS[2], login) ~= old then return 'ended' end
  else
    local all = redis.call('HGETALL', KEYS[2])
    for i = 1, #all, 2 do
      if redis.call('EXISTS', sessions .. all[i + 1]) == 0 then redis.call('HDEL', KEYS[2], all[i]) end
    end
  end
  redis.call('HSET', KEYS[2], login, digest)
  redis.call('PEXPIRE', KEYS[2], listed)
end
if old ~= '' then redis.call('DEL', sessions .. old) end
redis.call('HSET', KEYS[1], 'text', text, 'seen', seen)
redis.call('PEXPIRE', KEYS[1], kept)
return 'made'
";

/// Key: session. Argument: text.
const REWRITE: &str = r"
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'text', ARGV[1]) end
return 0
";

/// Key: session. Arguments: seen, ms to keep it.
const TOUCH: &str = r"
local seen = redis.call('HGET', KEYS[1], 'seen')
if not seen then return 0 end
if tonumber(ARGV[1]) > tonumber(seen) then redis.call('HSET', KEYS[1], 'seen', ARGV[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
";

/// Key: list. Argument: prefix of sessions. One step, since a token that changes meanwhile would be missed.
const OF: &str = r"
local found = {}
for _, digest in ipairs(redis.call('HVALS', KEYS[1])) do
  local kept = redis.call('HMGET', ARGV[1] .. digest, 'text', 'seen')
  if kept[1] and kept[2] then found[#found + 1] = kept end
end
return found
";

/// Key: list. Arguments: prefix of sessions, login.
const END: &str = r"
local digest = redis.call('HGET', KEYS[1], ARGV[2])
if not digest then return 0 end
redis.call('HDEL', KEYS[1], ARGV[2])
return redis.call('DEL', ARGV[1] .. digest)
";

/// Key: list. Arguments: prefix of sessions, login to leave or nothing.
const END_ALL: &str = r"
local ended = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] ~= ARGV[2] then
    redis.call('DEL', ARGV[1] .. all[i + 1])
    redis.call('HDEL', KEYS[1], all[i])
    ended[#ended + 1] = all[i]
  end
end
return ended
";

/// The shelf.
pub(super) struct RedisStore {
    link: Link,
    place: Script,
    rewrite: Script,
    touch: Script,
    of: Script,
    end: Script,
    end_all: Script,
}

impl RedisStore {
    pub(super) fn new(link: Link) -> Self {
        Self {
            link,
            place: Script::new(PLACE),
            rewrite: Script::new(REWRITE),
            touch: Script::new(TOUCH),
            of: Script::new(OF),
            end: Script::new(END),
            end_all: Script::new(END_ALL),
        }
    }

    fn sessions(&self) -> String {
        self.link.name("session:")
    }

    fn session(&self, token: &Digest) -> String {
        self.link.name(&format!("session:{token}"))
    }

    fn list(&self, person: PersonId) -> String {
        self.link.name(&format!("person:{}", person.uuid()))
    }

    fn flow(&self, place: Uuid, key: &str) -> String {
        self.link.name(&format!("flow:{place}:{key}"))
    }

    async fn run<T: redis::FromRedisValue>(
        &self,
        repeat: Repeat,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, SessionError> {
        let answer =
            self.link.ask(repeat, async |mut redis: ConnectionManager| script.invoke_async(&mut redis).await).await;
        answer.map_err(unavailable)
    }
}

fn unavailable(error: RedisError) -> SessionError {
    SessionError::Unavailable(error.to_string())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[async_trait]
impl Shelf for RedisStore {
    async fn place(&self, token: &Digest, fresh: Fresh<'_>) -> Result<Placed, SessionError> {
        let session = self.session(token);
        let list = fresh.owner.as_ref().map_or_else(|| session.clone(), |owner| self.list(owner.person));
        let mut script = self.place.key(session);
        script.key(list).arg(fresh.text).arg(fresh.seen);
        script.arg(milliseconds(KEPT)).arg(milliseconds(LISTED)).arg(self.sessions());
        script.arg(token.to_string()).arg(fresh.replaces.map_or_else(String::new, |old| old.to_string()));
        match fresh.owner {
            Some(owner) => script.arg(owner.login.to_string()).arg(u8::from(owner.continues)),
            None => script.arg("").arg(0),
        };
        let said: String = self.run(Repeat::Never, &script).await?;
        Ok(match said.as_str() {
            "made" => Placed::Made,
            "taken" => Placed::Taken,
            _ => Placed::Ended,
        })
    }

    async fn find(&self, token: &Digest) -> Result<Option<Kept>, SessionError> {
        let session = self.session(token);
        let ask = async |mut redis: ConnectionManager| {
            cmd("HMGET").arg(&session).arg(&["text", "seen"]).query_async(&mut redis).await
        };
        let (text, seen): (Option<String>, Option<i64>) =
            self.link.ask(Repeat::Harmless, ask).await.map_err(unavailable)?;
        Ok(text.zip(seen).map(|(text, seen)| Kept { text, seen }))
    }

    async fn rewrite(&self, token: &Digest, text: &str) -> Result<(), SessionError> {
        let mut script = self.rewrite.key(self.session(token));
        script.arg(text);
        self.run(Repeat::Harmless, &script).await
    }

    async fn touch(&self, token: &Digest, seen: i64) -> Result<(), SessionError> {
        let mut script = self.touch.key(self.session(token));
        script.arg(seen).arg(milliseconds(KEPT));
        self.run(Repeat::Harmless, &script).await
    }

    async fn remove(&self, token: &Digest) -> Result<(), SessionError> {
        let session = self.session(token);
        self.link
            .ask(Repeat::Harmless, async |mut redis: ConnectionManager| redis.del(&session).await)
            .await
            .map_err(unavailable)
    }

    async fn put(&self, place: Uuid, key: &str, text: &str, kept: Duration) -> Result<(), SessionError> {
        let flow = self.flow(place, key);
        let ask = async |mut redis: ConnectionManager| redis.pset_ex(&flow, text, milliseconds(kept)).await;
        self.link.ask(Repeat::Harmless, ask).await.map_err(unavailable)
    }

    async fn look(&self, place: Uuid, key: &str) -> Result<Option<String>, SessionError> {
        let flow = self.flow(place, key);
        let ask = async |mut redis: ConnectionManager| redis.get(&flow).await;
        self.link.ask(Repeat::Harmless, ask).await.map_err(unavailable)
    }

    async fn take(&self, place: Uuid, key: &str) -> Result<Option<String>, SessionError> {
        let flow = self.flow(place, key);
        // One transaction, and not GETDEL, which Redis knows only since 6.2.
        let ask = async |mut redis: ConnectionManager| {
            let (value, _): (Option<String>, i64) =
                pipe().atomic().get(&flow).del(&flow).query_async(&mut redis).await?;
            Ok(value)
        };
        self.link.ask(Repeat::Never, ask).await.map_err(unavailable)
    }

    async fn of(&self, person: PersonId) -> Result<Vec<Kept>, SessionError> {
        let mut script = self.of.key(self.list(person));
        script.arg(self.sessions());
        let found: Vec<(String, i64)> = self.run(Repeat::Harmless, &script).await?;
        Ok(found.into_iter().map(|(text, seen)| Kept { text, seen }).collect())
    }

    async fn end(&self, person: PersonId, login: Uuid) -> Result<bool, SessionError> {
        let mut script = self.end.key(self.list(person));
        script.arg(self.sessions()).arg(login.to_string());
        self.run(Repeat::Harmless, &script).await
    }

    async fn end_all(&self, person: PersonId, except: Option<Uuid>) -> Result<Vec<Uuid>, SessionError> {
        let mut script = self.end_all.key(self.list(person));
        script.arg(self.sessions()).arg(except.map_or_else(String::new, |login| login.to_string()));
        let ended: Vec<String> = self.run(Repeat::Harmless, &script).await?;
        Ok(ended.iter().filter_map(|login| Uuid::try_parse(login).ok()).collect())
    }
}
